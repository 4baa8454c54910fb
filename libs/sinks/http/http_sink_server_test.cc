// The http sink, with retries as in a pipeline, against a real server that
// fails now and then.

#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/random.h"
#include "libs/component/sink_decorators/retrying_sink.h"
#include "libs/component/sink_decorators/sink_monitor.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/http/canned_server.h"
#include "libs/sinks/http/curl_client.h"
#include "libs/sinks/http/http_sink.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr char kBusy[] = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";
constexpr char kLimited[] =
    "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
constexpr char kOk[] = "HTTP/1.1 204 No Content\r\n\r\n";

class HttpSinkServerTest : public testing::Test {
 protected:
  RetryingSink MakeSink(HttpSink::Options options) {
    CurlClient::Options client;
    client.url = server_.url();
    options.name = "out";
    options.max_batch_events = 10;
    auto sink = std::make_unique<HttpSink>(
        std::move(options), std::make_unique<NdjsonRowEncoder>(),
        std::make_unique<CurlClient>(std::move(client)), clock_);
    sink->PublishMetrics(registry_);
    return RetryingSink(std::move(sink), {.name = "out"}, monitor_, clock_,
                        [this](absl::Duration delay) {
                          waited_.push_back(health_.Ready().Text());
                          clock_.Advance(delay);
                          return true;
                        });
  }

  // What the server took, line by line.
  std::vector<std::string> Taken() const {
    std::vector<std::string> lines;
    for (const CannedServer::Request& request : server_.requests()) {
      if (!request.accepted) continue;
      for (absl::string_view line :
           absl::StrSplit(request.body, '\n', absl::SkipEmpty())) {
        lines.emplace_back(line);
      }
    }
    return lines;
  }

  FakeClock clock_;
  CannedServer server_;
  MetricsRegistry registry_;
  HealthRegistry health_;
  SinkMonitor monitor_{
      {.kind = ComponentKind::kSink, .type = "http", .name = "out"},
      registry_,
      health_};
  std::vector<std::string> waited_;  // What /readyz said during each wait.
};

TEST_F(HttpSinkServerTest, DeliversAllInTheOrderOfTheirKeys) {
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    server_.AnswerNext(random.Chance(0.8)   ? kOk
                       : random.Chance(0.5) ? kBusy
                       : random.Chance(0.5) ? kLimited
                                            : "");
  }
  RetryingSink sink =
      MakeSink({.key = ParseEventField("data.k"), .requests = {.lanes = 8}});
  OutcomeRecorder recorder;
  for (int batch = 0; batch < 10; ++batch) {
    std::vector<std::string> payloads;
    for (int i = 0; i < 100; ++i) {
      payloads.push_back(absl::StrFormat("{\"k\":%d,\"n\":%d}",
                                         random.Below(16), batch * 100 + i));
    }
    sink.Write(AllOf(MakeBatch(payloads)), recorder.Callback());
  }
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_EQ(recorder.calls(), 10u);

  std::map<int, int> last_of_key;
  const std::vector<std::string> taken = Taken();
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), 1000u);
  EXPECT_EQ(taken.size(), 1000u);
  for (const std::string& line : taken) {
    int key = 0;
    int number = 0;
    ASSERT_EQ(sscanf(line.c_str(), "{\"k\":%d,\"n\":%d}", &key, &number), 2);
    const auto last = last_of_key.try_emplace(key, -1).first;
    EXPECT_LT(last->second, number) << "of key " << key;
    last->second = number;
  }
}

TEST_F(HttpSinkServerTest, OpensTheCircuitAndClosesItWhenTheServerIsBack) {
  for (int i = 0; i < 7; ++i) server_.AnswerNext(kBusy);
  RetryingSink sink = MakeSink({});
  OutcomeRecorder recorder;
  sink.Write(AllOf(MakeBatch(std::vector<std::string>(25, "1"))),
             recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_EQ(Taken().size(), 25u);
  ASSERT_EQ(waited_.size(), 7u);
  EXPECT_THAT(waited_[6], HasSubstr("sink 'out': failing: server answered 503; "
                                    "circuit is open for "));
  const MetricsSnapshot snapshot = registry_.Snapshot();
  EXPECT_EQ(snapshot.Sum(metric::kSinkCircuitState), 0);
}

}  // namespace
}  // namespace phoenix
