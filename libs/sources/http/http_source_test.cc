#include "libs/sources/http/http_source.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/error_details.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/event/event_batch.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/net/testing/tcp_client.h"
#include "libs/sources/http/testing/compress.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr char kNdjson[] = "Content-Type: application/x-ndjson\r\n";
constexpr char kJson[] = "Content-Type: application/json; charset=utf-8\r\n";
constexpr char kStructured[] = "Content-Type: application/cloudevents+json\r\n";
constexpr char kBatched[] =
    "Content-Type: application/cloudevents-batch+json\r\n";

constexpr char kBinary[] =
    "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\n";
constexpr char kTraceparent[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// The extension of the first event; empty when it has none.
std::string ExtensionOf(const EventBatch& batch, std::string_view name) {
  const ExtensionColumn* column = batch.FindExtension(name);
  return column == nullptr ? "" : column->values.ToString(0);
}

class HttpSourceTest : public testing::Test {
 protected:
  HttpSourceTest() {
    options_.server.address = "127.0.0.1:0";
    options_.endpoints = {{"/", std::nullopt}, {"/lines", BodyFormat::kNdjson}};
    options_.defaults = {"id-", "/test", "test.event", "application/json"};
    options_.max_body_bytes = 100'000;
    options_.max_event_bytes = 50'000;
  }

  void Start() {
    source_ = std::make_unique<HttpSource>(options_, clock_);
    ASSERT_TRUE(source_->Start(outlet_).ok());
  }

  static std::string Request(std::string_view path, std::string_view headers,
                             std::string_view body) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" +
           std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  }

  std::string Post(std::string_view headers, std::string_view body,
                   std::string_view path = "/") {
    if (source_ == nullptr) Start();
    TcpClient client(source_->port());
    client.Send(Request(path, headers, body));
    return client.ReadAll();
  }

  HttpSourceOptions options_;
  FakeClock clock_;
  FakeOutlet outlet_;
  std::unique_ptr<HttpSource> source_;
};

TEST_F(HttpSourceTest, TakesNdjson) {
  const std::string response = Post(kNdjson, "{\"a\":1}\n2\n3");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(
      response,
      EndsWith(
          "{\"accepted\":3,\"rejected\":0,\"ack_level\":\"DELIVERED\"}\n"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}", "2", "3"));
}

TEST_F(HttpSourceTest, TakesJsonObjectsAndArrays) {
  EXPECT_THAT(Post(kJson, "{\"a\":1}"), HasSubstr("\"accepted\":1"));
  EXPECT_THAT(Post(kJson, "[1, {\"a\":[2]} ]"), HasSubstr("\"accepted\":2"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}", "1", "{\"a\":[2]}"));
}

TEST_F(HttpSourceTest, TakesCloudEventsInEachMode) {
  EXPECT_THAT(Post(kStructured,
                   R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)"
                   R"("data":{"a":1}})"),
              HasSubstr("\"accepted\":1"));
  EXPECT_THAT(Post(kBatched,
                   R"([{"specversion":"1.0","id":"2","source":"/s","type":"t",)"
                   R"("data":2}])"),
              HasSubstr("\"accepted\":1"));
  EXPECT_THAT(Post("ce-specversion: 1.0\r\nce-id: 3\r\nce-source: /s\r\n"
                   "ce-type: t\r\nContent-Type: application/json\r\n",
                   "3"),
              HasSubstr("\"accepted\":1"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"a\":1}", "2", "3"));
  EXPECT_EQ(outlet_.batches()[2]->attribute(Attribute::kId).ToString(0), "3");
}

TEST_F(HttpSourceTest, TakesCompressedBodies) {
  EXPECT_THAT(
      Post(std::string(kNdjson) + "Content-Encoding: gzip\r\n", Gzip("1\n2\n")),
      HasSubstr("\"accepted\":2"));
  EXPECT_THAT(
      Post(std::string(kJson) + "Content-Encoding: zstd\r\n", Zstd("[3]")),
      HasSubstr("\"accepted\":1"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3"));
}

TEST_F(HttpSourceTest, TakesAnyTypeWhereTheFormatIsSet) {
  EXPECT_THAT(Post("Content-Type: application/x-www-form-urlencoded\r\n", "1\n",
                   "/lines"),
              HasSubstr("\"accepted\":1"));
}

TEST_F(HttpSourceTest, NamesTheLinesThatItRefused) {
  const std::string response = Post(kNdjson, "1\nnonsense\n\xff\n4\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(response,
              AllOf(HasSubstr("\"accepted\":2,\"rejected\":2"),
                    HasSubstr("{\"line\":2,\"reason\":\"EVENT_INVALID\""),
                    HasSubstr("{\"line\":3,")));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 2)));
}

TEST_F(HttpSourceTest, NamesTheEventsThatThePipelineRefused) {
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  client.Send(Request("/", kJson, "[0,1,2]"));
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  outlet_.SettleWith([](const EventBatch& batch) {
    BatchOutcome outcome(batch.size(), Outcome::kDelivered);
    outcome.Merge(1, Outcome::kRejected);
    outcome.AddDetail({1, "check", absl::InvalidArgumentError("too hot")});
    return outcome;
  });
  EXPECT_THAT(client.ReadAll(),
              HasSubstr("\"failures\":[{\"index\":1,\"reason\":"
                        "\"EVENT_REJECTED\",\"message\":\"too hot\"}]"));
}

TEST_F(HttpSourceTest, AnswersOnlyOnceAllHasSettled) {
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  client.Send(Request("/", kNdjson, "1\n"));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  outlet_.Settle(Outcome::kRetry);
  EXPECT_THAT(client.ReadAll(),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: 1")));
}

TEST_F(HttpSourceTest, RefusesMalformedBodies) {
  for (const auto& [headers, body] :
       std::vector<std::pair<std::string, std::string>>{
           {kNdjson, "nonsense\n"},
           {kJson, "{\"a\":"},
           {kJson, "\"\xff\""},
           {kJson, std::string(10'000, '[') + std::string(10'000, ']')},
           {kStructured, R"({"specversion":"1.0","source":"/s","type":"t"})"},
           {kBatched, "{}"},
           {std::string(kJson) + "Content-Encoding: gzip\r\n", "nonsense"},
           {std::string(kJson) + "Content-Encoding: gzip\r\n",
            Gzip("[1,2,3]").substr(0, 15)}}) {
    const std::string response = Post(headers, body);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 400")) << body.substr(0, 99);
    EXPECT_THAT(response, HasSubstr("\"status\":\"INVALID_ARGUMENT\""));
  }
  EXPECT_THAT(outlet_.payloads(), IsEmpty());
  EXPECT_EQ(outlet_.rejected_count(), 8u);
}

TEST_F(HttpSourceTest, PassesNumbersBeyond64BitsThrough) {
  const std::string number = "92233720368547758089223372036854775808";
  EXPECT_THAT(Post(kJson, number), HasSubstr("\"accepted\":1"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre(number));
}

TEST_F(HttpSourceTest, RefusesWhatIsTooLarge) {
  EXPECT_THAT(Post(kJson, std::string(100'001, ' ')),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Post(std::string(kJson) + "Content-Encoding: gzip\r\n",
                   Gzip(std::string(100'001, ' '))),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(Post(kNdjson, "1\n\"" + std::string(50'000, 'x') + "\"\n"),
              HasSubstr("\"rejected\":1"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("BODY_TOO_LARGE", 2),
                                              Pair("EVENT_TOO_LARGE", 1)));
}

TEST_F(HttpSourceTest, NamesTheEventsThatAreTooLarge) {
  const std::string large = "\"" + std::string(50'000, 'x') + "\"";
  const std::string event =
      R"({"specversion":"1.0","id":"1","source":"/s","type":"t","data":)";
  EXPECT_THAT(Post(kNdjson, "1\n" + large + "\n"),
              HasSubstr("{\"line\":2,\"reason\":\"EVENT_TOO_LARGE\""));
  EXPECT_THAT(Post(kJson, "[1," + large + "]"),
              HasSubstr("{\"index\":1,\"reason\":\"EVENT_TOO_LARGE\""));
  for (const auto& [headers, body] :
       std::vector<std::pair<std::string, std::string>>{
           {kBatched, "[" + event + large + "}]"},
           {kStructured, event + large + "}"},
           {std::string(kJson) + kBinary, large}}) {
    EXPECT_THAT(
        Post(headers, body),
        AllOf(StartsWith("HTTP/1.1 400"),
              HasSubstr("{\"index\":0,\"reason\":\"EVENT_TOO_LARGE\"")));
  }
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_TOO_LARGE", 5)));
}

TEST_F(HttpSourceTest, ListsTheFailuresOfABodyOfWhichNothingIsTaken) {
  const std::string response =
      Post(kNdjson, "bad\n\"" + std::string(50'000, 'x') + "\"\n\xff\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(response,
              AllOf(HasSubstr("\"status\":\"INVALID_ARGUMENT\""),
                    HasSubstr("\"metadata\":{\"rejected\":\"3\"}}]},"
                              "\"failures\":[{\"line\":1,\"reason\":"
                              "\"EVENT_INVALID\""),
                    HasSubstr("{\"line\":2,\"reason\":\"EVENT_TOO_LARGE\""),
                    HasSubstr("{\"line\":3,\"reason\":\"EVENT_INVALID\"")));
}

TEST_F(HttpSourceTest, CallsAWrongEventTheSameInEachMode) {
  const std::string no_id = R"({"specversion":"1.0","source":"/s","type":"t"})";
  const std::vector<std::pair<std::string, std::string>> requests = {
      {kStructured, no_id},
      {kStructured, R"({"specversion":"0.3"})"},
      {kBatched, "[" + no_id + "]"},
      {"ce-specversion: 1.0\r\nce-source: /s\r\nce-type: t\r\n", "1"},
      {"ce-specversion: 0.3\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\n",
       "1"},
      {std::string(kBinary) + "ce-time: today\r\n", "1"}};
  for (const auto& [headers, body] : requests) {
    EXPECT_THAT(Post(headers, body),
                AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("EVENT_INVALID")))
        << headers;
  }
  EXPECT_THAT(outlet_.rejected(),
              ElementsAre(Pair("EVENT_INVALID", requests.size())));
}

TEST_F(HttpSourceTest, CallsABodyInvalidThatIsNotWhatItSaysItIs) {
  const std::vector<std::pair<std::string, std::string>> requests = {
      {kStructured, "{"},
      {kStructured, "[]"},
      {kBatched, "{}"},
      {std::string(kJson) + kBinary, "{"}};
  for (const auto& [headers, body] : requests) {
    EXPECT_THAT(Post(headers, body),
                AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("BODY_INVALID")))
        << headers << body;
  }
  EXPECT_THAT(outlet_.rejected(),
              ElementsAre(Pair("BODY_INVALID", requests.size())));
}

TEST_F(HttpSourceTest, GivesEventsTheTraceContextOfTheirRequest) {
  const std::string trace =
      "traceparent: " + std::string(kTraceparent) + "\r\ntracestate: a=1\r\n";
  const std::string event =
      R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})";
  for (const auto& [headers, body] :
       std::vector<std::pair<std::string, std::string>>{
           {kNdjson, "1\n"},
           {kJson, "[1]"},
           {kStructured, event},
           {kBatched, "[" + event + "]"},
           {kBinary, "1"}}) {
    EXPECT_THAT(Post(headers + trace, body), StartsWith("HTTP/1.1 200"));
    const EventBatch& batch = *outlet_.batches().back();
    EXPECT_EQ(ExtensionOf(batch, "traceparent"), kTraceparent) << headers;
    EXPECT_EQ(ExtensionOf(batch, "tracestate"), "a=1") << headers;
    Post(headers, body);
    EXPECT_THAT(outlet_.batches().back()->extensions(), IsEmpty());
  }
}

TEST_F(HttpSourceTest, KeepsTheTraceContextThatAnEventBrings) {
  const std::string trace =
      "traceparent: " + std::string(kTraceparent) + "\r\n";
  Post(trace + kBinary + "ce-traceparent: mine\r\n", "1");
  EXPECT_EQ(ExtensionOf(*outlet_.batches().back(), "traceparent"), "mine");
  Post(trace + kStructured,
       R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)"
       R"("traceparent":"mine"})");
  EXPECT_EQ(ExtensionOf(*outlet_.batches().back(), "traceparent"), "mine");
}

TEST_F(HttpSourceTest, PassesAnInvalidTraceContextOver) {
  EXPECT_THAT(Post(std::string(kNdjson) + "traceparent: 00-1-2-3\r\n", "1\n"),
              StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(outlet_.batches().back()->extensions(), IsEmpty());
}

TEST_F(HttpSourceTest, RefusesABomb) {
  EXPECT_THAT(Post(std::string(kNdjson) + "Content-Encoding: zstd\r\n",
                   Zstd(std::string(100 << 20, '\n'))),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpSourceTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Post("Content-Type: text/plain\r\n", "1"),
              StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(Post("", "1"), StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(Post(std::string(kJson) + "Content-Encoding: br\r\n", "1"),
              StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(Post(kJson, "1", "/nowhere"), StartsWith("HTTP/1.1 404"));
}

TEST_F(HttpSourceTest, RefusesACharsetThatIsNotUtf8) {
  for (const char* charset : {"iso-8859-1", "\"UTF-16\"", "latin1"}) {
    for (const char* type : {"application/json", "application/x-ndjson",
                             "application/cloudevents+json"}) {
      const std::string response = Post("Content-Type: " + std::string(type) +
                                            "; charset=" + charset + "\r\n",
                                        "1");
      EXPECT_THAT(response, AllOf(StartsWith("HTTP/1.1 415"),
                                  HasSubstr("CHARSET_UNKNOWN"),
                                  HasSubstr("'charset=utf-8'")));
    }
  }
  EXPECT_THAT(
      Post("Content-Type: application/json; charset=\"UTF-8\"\r\n", "1"),
      StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpSourceTest, PassesTextOfAnyCharsetOnInBinaryMode) {
  const std::string event =
      "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\n";
  EXPECT_THAT(
      Post(event + "Content-Type: text/plain; charset=latin1\r\n", "\xe4"),
      StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(
      Post(event + "Content-Type: application/json; charset=latin1\r\n", "1"),
      StartsWith("HTTP/1.1 415"));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("\xe4"));
}

TEST_F(HttpSourceTest, NamesTheHeaderThatABinaryModeEventLacks) {
  const std::vector<std::string> all = {"ce-specversion: 1.0\r\n",
                                        "ce-id: 1\r\n", "ce-source: /s\r\n",
                                        "CE-Type: t\r\n"};
  for (const std::string& missing : all) {
    std::string headers = "Content-Type: application/json\r\n";
    for (const std::string& header : all) {
      if (header != missing) headers += header;
    }
    std::string name = missing.substr(0, missing.find(':'));
    if (name == "CE-Type") name = "ce-type";
    EXPECT_THAT(Post(headers, "1"),
                AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("'" + name + "'")));
  }
  EXPECT_THAT(Post("Content-Type: application/json\r\nce-room: 7\r\n", "1"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("'ce-specversion'")));
  EXPECT_THAT(outlet_.payloads(), IsEmpty());
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 5)));
}

TEST_F(HttpSourceTest, NamesTheCodeOfEachRefusal) {
  EXPECT_THAT(Post("Content-Type: text/plain\r\n", "1"),
              HasSubstr("\"code\":415,\"status\":\"UNIMPLEMENTED\""));
  EXPECT_THAT(Post(kJson, std::string(100'001, ' ')),
              HasSubstr("\"code\":413,\"status\":\"RESOURCE_EXHAUSTED\""));
  EXPECT_THAT(Post(kJson, "1", "/nowhere"),
              HasSubstr("\"code\":404,\"status\":\"NOT_FOUND\""));
}

TEST_F(HttpSourceTest, BoundsItsMemoryByWhatAllBodiesShare) {
  options_.max_buffered_bytes = 100 << 20;
  options_.server.max_connections = 1;
  const size_t one = HttpSource(options_, clock_).max_memory_bytes();
  EXPECT_GE(one, options_.max_buffered_bytes);
  options_.server.max_connections = 11;
  EXPECT_EQ(HttpSource(options_, clock_).max_memory_bytes(),
            one + 10 * (96 << 10));
}

TEST_F(HttpSourceTest, HasRoomForTheLargestBodyWhateverTheBoundSays) {
  options_.max_buffered_bytes = 1024;
  options_.server.max_connections = 1;
  EXPECT_GE(HttpSource(options_, clock_).max_memory_bytes(),
            4 * options_.max_body_bytes);
  const std::string largest(options_.max_body_bytes - 1, ' ');
  EXPECT_THAT(Post(kJson, largest + "1"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpSourceDefaultsTest, TakeLessThan100MiB) {
  FakeClock clock;
  HttpSourceOptions options;
  options.server.max_connections = 256;
  EXPECT_LT(HttpSource(options, clock).max_memory_bytes(), 100u << 20);
}

// Streams of lines that have begun, and take all that bodies may.
class FullDoorTest : public HttpSourceTest {
 protected:
  // What a stream has reserved, and what is there at least.
  static constexpr size_t kStreamBytes = 1 << 20;
  static constexpr size_t kLeastAllowance = (8 << 20) + (512 << 10);

  FullDoorTest() { options_.max_buffered_bytes = 1024; }

  static std::string BeginStream() {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(kNdjson) +
           "Transfer-Encoding: chunked\r\n\r\n" + Chunk("1\n");
  }

  static std::string Chunk(std::string_view text) {
    return absl::StrFormat("%x\r\n", text.size()) + std::string(text) + "\r\n";
  }

  static std::string Small() {
    return "POST /lines HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n2\n";
  }

  void WaitUntilBuffered(size_t least, size_t most) {
    while (source_->buffered_bytes() < least ||
           source_->buffered_bytes() > most) {
      std::this_thread::yield();
    }
  }

  void WaitUntilAllIsGivenBack() { WaitUntilBuffered(0, 0); }

  void Fill() {
    Start();
    const size_t count =
        (4 * NdjsonOptions::kDefaultBufferBytes + kLeastAllowance) /
        kStreamBytes;
    for (size_t i = 1; i <= count; ++i) {
      streams_.emplace_back(source_->port());
      ASSERT_TRUE(streams_.back().Send(BeginStream()));
      WaitUntilBuffered(i * kStreamBytes, ~size_t{0});
    }
    ASSERT_TRUE(outlet_.WaitForEvents(count));
  }

  std::deque<TcpClient> streams_;
};

TEST_F(FullDoorTest, RefusesABodyForWhichThereIsNoMemory) {
  Fill();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(BeginStream() + Chunk("2\n") + "0\r\n\r\n"));
  EXPECT_THAT(client.ReadUntil("}}\n"),
              AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: 1"),
                    HasSubstr("\"reason\":\"QUEUE_FULL\""),
                    HasSubstr("max_buffered_bytes")));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("QUEUE_FULL", 1)));
  EXPECT_EQ(outlet_.event_count(), streams_.size());
}

TEST_F(FullDoorTest, KeepsTheConnectionOfABodyThatItRefused) {
  Fill();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(BeginStream() + "0\r\n\r\n"));
  EXPECT_THAT(client.ReadUntil("}}\n"), StartsWith("HTTP/1.1 429"));
  ASSERT_TRUE(client.Send(Small()));
  EXPECT_THAT(client.ReadUntil("}\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(FullDoorTest, TakesSmallRequestsAllTheSame) {
  Fill();
  EXPECT_THAT(Post(kNdjson, "2\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(Post(kJson, "[2,3]"), StartsWith("HTTP/1.1 200"));
}

TEST_F(FullDoorTest, LetsTheStreamsGoOnThatHaveBegun) {
  Fill();
  ASSERT_TRUE(streams_.front().Send(Chunk("2\n") + "0\r\n\r\n"));
  EXPECT_THAT(streams_.front().ReadUntil("}\n"), HasSubstr("\"accepted\":2"));
}

TEST_F(FullDoorTest, TakesWhatItRefusedOnceThereIsRoomAgain) {
  Fill();
  streams_.pop_front();
  WaitUntilBuffered(0, (streams_.size() + 1) * kStreamBytes - 1);
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(BeginStream() + "0\r\n\r\n"));
  EXPECT_THAT(client.ReadUntil("}\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(FullDoorTest, SaysHowMuchItHadTakenOfAStreamThatOutgrowsIt) {
  options_.max_event_bytes = 1 << 20;
  options_.max_buffered_bytes = 0;
  Start();
  const size_t allowance = 8 * options_.max_event_bytes + kLeastAllowance;
  for (size_t i = 1; i <= allowance / kStreamBytes; ++i) {
    streams_.emplace_back(source_->port());
    ASSERT_TRUE(streams_.back().Send(BeginStream()));
    WaitUntilBuffered(i * kStreamBytes, ~size_t{0});
  }
  ASSERT_TRUE(outlet_.WaitForEvents(streams_.size()));
  // A line that is longer than what was reserved.
  ASSERT_TRUE(
      streams_.front().Send(Chunk(std::string(600'000, '1')) + "0\r\n\r\n"));
  EXPECT_THAT(streams_.front().ReadUntil("}}\n"),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("QUEUE_FULL"),
                    HasSubstr("\"accepted\":\"1\"")));
}

TEST_F(FullDoorTest, ClosesTheConnectionOfAnEndlessBodyThatItRefused) {
  Fill();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(BeginStream()));
  const std::string much = Chunk(std::string(1 << 20, '\n'));
  for (int i = 0; i < 17; ++i) client.Send(much);
  EXPECT_THAT(client.ReadAll(), AllOf(StartsWith("HTTP/1.1 429"),
                                      HasSubstr("Connection: close")));
}

TEST_F(FullDoorTest, GivesBackWhatClientsHadThatWentAway) {
  Fill();
  streams_.front().Reset();
  streams_.clear();
  WaitUntilAllIsGivenBack();
}

TEST_F(FullDoorTest, GivesBackWhatBodiesHadThatItAnswered) {
  const std::string gzip = std::string(kJson) + "Content-Encoding: gzip\r\n";
  const std::string zstd = std::string(kNdjson) + "Content-Encoding: zstd\r\n";
  for (const auto& [headers, body] :
       std::vector<std::pair<std::string, std::string>>{
           {kNdjson, "1\n2\n"},
           {kNdjson, "nonsense\n"},
           {kJson, "[1,2]"},
           {kJson, "{\"a\":"},
           {kJson, std::string(100'001, ' ')},
           {kStructured, "{}"},
           {gzip, Gzip("[1,2,3]")},
           {gzip, "nonsense"},
           {gzip, Gzip("[1,2,3]").substr(0, 15)},
           {gzip, Gzip(std::string(100'001, ' '))},
           {zstd, Zstd(std::string(100 << 20, '\n'))}}) {
    EXPECT_THAT(Post(headers, body), StartsWith("HTTP/1.1 "));
    WaitUntilAllIsGivenBack();
  }
}

TEST_F(FullDoorTest, GivesBackWhatSlowClientsHad) {
  options_.server.read_timeout = std::chrono::milliseconds(10);
  Start();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(BeginStream()));
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 408"));
  WaitUntilAllIsGivenBack();
}

TEST_F(FullDoorTest, GivesBackWhatWaitedForCreditInVain) {
  options_.max_wait = std::chrono::milliseconds(10);
  outlet_.SetCredit(0);
  EXPECT_THAT(Post(kNdjson, "1\n"), StartsWith("HTTP/1.1 429"));
  WaitUntilAllIsGivenBack();
}

TEST_F(FullDoorTest, GivesBackWhatThePipelineHasTaken) {
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(Request("/", kNdjson, "1\n")));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  WaitUntilAllIsGivenBack();
  outlet_.Settle();
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 200"));
}

TEST_F(FullDoorTest, GivesBackWhatWasHeldWhenItStops) {
  Fill();
  source_->Stop();
  EXPECT_EQ(source_->buffered_bytes(), 0u);
}

TEST_F(HttpSourceTest, BoundsABatchByTheBodyThatItIsMadeOf) {
  options_.max_body_bytes = 1000;
  EXPECT_EQ(HttpSource(options_, clock_).max_batch_bytes(), 5u << 20);
  options_.max_body_bytes = 8 << 20;
  EXPECT_EQ(HttpSource(options_, clock_).max_batch_bytes(), 16u << 20);
}

TEST_F(HttpSourceTest, AsksToComeBackWhenThePipelineStaysFull) {
  options_.max_wait = std::chrono::milliseconds(10);
  outlet_.SetCredit(0);
  const std::string response = Post(kNdjson, "1\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 429"));
  EXPECT_THAT(response, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(response, HasSubstr("google.rpc.RetryInfo"));
  EXPECT_THAT(response, HasSubstr("no credit: 'fake'"));
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  EXPECT_THAT(outlet_.payloads(), IsEmpty());
}

TEST_F(HttpSourceTest, NamesWhoHoldsThePipelineUp) {
  options_.max_wait = std::chrono::milliseconds(10);
  absl::Status full = absl::ResourceExhaustedError("sink 'archive': full");
  SetErrorReason(full, {.reason = "QUEUE_FULL",
                        .metadata = {{"limitedBy", "sink 'archive'"}}});
  outlet_.Refuse(full);
  outlet_.SetCredit(0);
  EXPECT_THAT(Post(kNdjson, "1\n"),
              AllOf(StartsWith("HTTP/1.1 429"),
                    HasSubstr("\"metadata\":{\"component\":\"archive\"}")));
}

TEST_F(HttpSourceTest, SaysThatOutcomesAreTooLongInComing) {
  options_.ack_timeout = std::chrono::milliseconds(10);
  outlet_.SetAutoSettle(false);
  const std::string response = Post(kNdjson, "1\n2\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(response, HasSubstr("Retry-After: 5\r\n"));
  EXPECT_THAT(response, HasSubstr("ACK_TIMEOUT"));
  EXPECT_THAT(response, HasSubstr("\"inFlight\":\"2\""));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("ACK_TIMEOUT", 1)));
  // The events are the pipeline's as before.
  EXPECT_EQ(outlet_.Settle(), 1u);
}

TEST_F(HttpSourceTest, SaysThatTheRestOfABodyFindsNoRoom) {
  options_.ack_timeout = std::chrono::milliseconds(10);
  outlet_.SetAutoSettle(false);
  outlet_.SetCredit(1);
  std::string body;
  while (body.size() < (1 << 20)) body += "12345\n";
  const std::string response = Post(kNdjson, body);
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("was not taken"),
                    HasSubstr("\"accepted\":\"0\"")));
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  EXPECT_EQ(outlet_.unsettled_count(), 1u);
}

TEST_F(HttpSourceTest, TakesTheNextRequestAfterOneThatItGaveUp) {
  options_.ack_timeout = std::chrono::milliseconds(10);
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  const std::string request =
      "POST /lines HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1\n";
  ASSERT_TRUE(client.Send(request));
  EXPECT_THAT(client.ReadUntil("\r\n"), StartsWith("HTTP/1.1 503"));
  client.ReadUntil("}}\n");
  outlet_.Settle();
  outlet_.SetAutoSettle(true);
  ASSERT_TRUE(client.Send(request));
  EXPECT_THAT(client.ReadUntil("}\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpSourceTest, HoldsALongBodyUpWithoutLoss) {
  options_.max_wait = std::chrono::milliseconds(10);
  outlet_.SetCredit(1);
  Start();
  std::vector<std::string> expected;
  std::string body;
  for (int i = 0; i < 200'000; ++i) {
    expected.push_back(std::to_string(i));
    body += expected.back() + "\n";
  }
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send(Request("/", kNdjson, body)));
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  outlet_.SetCredit(1);
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  EXPECT_THAT(client.ReadAll(), HasSubstr("\"accepted\":200000"));
  EXPECT_EQ(outlet_.payloads(), expected);
}

TEST_F(HttpSourceTest, OffersLinesBeforeTheBodyEnds) {
  Start();
  TcpClient client(source_->port());
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: h\r\n" +
                          std::string(kNdjson) +
                          "Transfer-Encoding: chunked\r\n\r\n2\r\n1\n\r\n"));
  EXPECT_TRUE(outlet_.WaitForEvents(1));
}

TEST_F(HttpSourceTest, AnswersThatThePipelineDrains) {
  outlet_.Refuse(absl::UnavailableError("draining"));
  EXPECT_THAT(Post(kNdjson, "1\n"),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("DRAINING"),
                    HasSubstr("\r\nRetry-After: 1\r\n")));
}

// A body of which two lines have been taken, and that goes no further.
class BrokenBodyTest : public HttpSourceTest {
 protected:
  void SendTwoLines(TcpClient& client) {
    client.Send("POST / HTTP/1.1\r\nHost: h\r\n" + std::string(kNdjson) +
                "Transfer-Encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n");
    EXPECT_TRUE(outlet_.WaitForEvents(2));
  }
};

TEST_F(BrokenBodyTest, IsAnsweredWhenWhatWasTakenHasItsOutcomes) {
  options_.server.read_timeout = std::chrono::milliseconds(20);
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  SendTwoLines(client);
  ASSERT_TRUE(outlet_.WaitForRejected(1));
  outlet_.Settle();
  EXPECT_THAT(
      client.ReadAll(),
      AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("REQUEST_TIMEOUT"),
            HasSubstr("\"accepted\":\"2\""), HasSubstr("\"inFlight\":\"0\"")));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("REQUEST_TIMEOUT", 1)));
}

TEST_F(BrokenBodyTest, IsAnsweredAfterTheAckTimeoutWithWhatIsInFlight) {
  options_.ack_timeout = std::chrono::milliseconds(20);
  outlet_.SetAutoSettle(false);
  Start();
  TcpClient client(source_->port());
  SendTwoLines(client);
  client.Send("no chunk\r\n");
  EXPECT_THAT(
      client.ReadAll(),
      AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("HTTP_INVALID"),
            HasSubstr("\"accepted\":\"0\""), HasSubstr("\"inFlight\":\"2\"")));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("HTTP_INVALID", 1)));
  outlet_.Settle();
}

TEST_F(BrokenBodyTest, IsAnsweredWhenItsClientBreaksOff) {
  Start();
  TcpClient client(source_->port());
  SendTwoLines(client);
  client.HalfClose();
  EXPECT_THAT(client.ReadAll(),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("BODY_INCOMPLETE"),
                    HasSubstr("\"accepted\":\"2\"")));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("BODY_INCOMPLETE", 1)));
}

TEST_F(BrokenBodyTest, CountsTheEventsBeforeTheEndOfATruncatedStream) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += std::to_string(i * 7919) + "\n";
  const std::string zipped = Gzip(lines);
  const std::string response =
      Post(std::string(kNdjson) + "Content-Encoding: gzip\r\n",
           std::string_view(zipped).substr(0, zipped.size() / 2));
  ASSERT_GT(outlet_.event_count(), 0u);
  EXPECT_THAT(response,
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("BODY_INVALID"),
                    HasSubstr("\"accepted\":\"" +
                              std::to_string(outlet_.event_count()) + "\"")));
}

TEST_F(HttpSourceTest, CountsEachRefusalByItsReason) {
  options_.server.header_timeout = std::chrono::milliseconds(20);
  Start();
  const auto ask = [this](std::string_view request, uint64_t count) {
    TcpClient client(source_->port());
    client.Send(request);
    client.ReadAll();
    EXPECT_TRUE(outlet_.WaitForRejected(count)) << request;
  };
  ask("POST /no HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 1);
  ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 2);
  ask("POST / HTTP/1.1\r\n\r\n", 3);
  ask("nonsense\r\n\r\n", 4);
  ask("POST / HTTP/1.1\r\nX", 5);
  ask("POST / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", 6);
  ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999\r\n\r\n", 7);
  EXPECT_THAT(outlet_.rejected(),
              UnorderedElementsAre(
                  Pair("DOOR_NOT_FOUND", 1), Pair("METHOD_NOT_ALLOWED", 1),
                  Pair("HOST_MISSING", 1), Pair("HTTP_INVALID", 1),
                  Pair("REQUEST_TIMEOUT", 1), Pair("HEADERS_TOO_LARGE", 1),
                  Pair("BODY_TOO_LARGE", 1)));
}

TEST_F(HttpSourceTest, CountsTheConnectionsThatItRefuses) {
  options_.server.max_connections = 1;
  Start();
  TcpClient first(source_->port());
  TcpClient second(source_->port());
  EXPECT_TRUE(outlet_.WaitForRejected(1));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("CONNECTION_LIMIT", 1)));
}

}  // namespace
}  // namespace phoenix
