#include "libs/sinks/http/http_sink.h"

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/component/sink_decorators/retry_after.h"
#include "libs/component/sink_decorators/retrying_sink.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/sinks/http/fake_http_client.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HttpSinkTest : public testing::Test {
 protected:
  HttpSinkTest() {
    options_.name = "out";
    auto client = std::make_unique<FakeHttpClient>();
    client_ = client.get();
    owned_ = std::move(client);
  }

  HttpSink& Sink() {
    if (sink_ == nullptr) {
      sink_ = std::make_unique<HttpSink>(options_,
                                         std::make_unique<NdjsonRowEncoder>(),
                                         std::move(owned_), clock_);
      EXPECT_TRUE(sink_->Open().ok());
    }
    return *sink_;
  }

  std::unique_ptr<phoenix::Sink> TakeSink() { return std::move(sink_); }

  OutcomeRecorder Write(const std::vector<std::string>& payloads) {
    OutcomeRecorder recorder;
    Sink().Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    return recorder;
  }

  // As a pipeline writes, and flushes: again what may work later, as long as
  // the pauses between attempts are no longer than `max_delay`.
  OutcomeRecorder WriteWithRetries(const std::vector<std::string>& payloads,
                                   absl::Duration max_delay) {
    Sink();
    retrying_ = std::make_unique<RetryingSink>(
        TakeSink(), RetryingSink::Options{.name = "out"}, monitor_, clock_,
        [this, max_delay](absl::Duration delay) {
          clock_.Advance(delay);
          return delay <= max_delay;
        });
    OutcomeRecorder recorder;
    retrying_->Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    retrying_->Flush();
    return recorder;
  }

  FakeClock clock_;
  MetricsRegistry registry_;
  HealthRegistry health_;
  SinkMonitor monitor_{
      {.kind = ComponentKind::kSink, .type = "http", .name = "out"},
      registry_,
      health_};
  HttpSink::Options options_;
  FakeHttpClient* client_;

 private:
  std::unique_ptr<HttpClient> owned_;
  std::unique_ptr<HttpSink> sink_;
  std::unique_ptr<RetryingSink> retrying_;
};

TEST_F(HttpSinkTest, CollectsEventsUntilItIsFlushed) {
  const OutcomeRecorder first = Write({"1", "2"});
  const OutcomeRecorder second = Write({"3"});
  EXPECT_THAT(client_->bodies, IsEmpty());
  Sink().Flush();
  EXPECT_THAT(client_->bodies, ElementsAre("1\n2\n3\n"));
  EXPECT_EQ(first.calls() + second.calls(), 2u);
  EXPECT_THAT(first.names(), Each("delivered"));
}

TEST_F(HttpSinkTest, SendsWhenTheBatchIsFull) {
  options_.max_batch_events = 2;
  const OutcomeRecorder recorder = Write({"1", "2", "3", "4", "5"});
  EXPECT_THAT(client_->bodies, ElementsAre("1\n2\n", "3\n4\n"));
  EXPECT_EQ(recorder.calls(), 0u);
  EXPECT_TRUE(Sink().Close().ok());
  EXPECT_THAT(recorder.names(), Each("delivered"));
}

TEST_F(HttpSinkTest, KeepsBodiesBelowTheirLimit) {
  options_.max_batch_bytes = 8;
  Write({"111", "222", "3", "\"a large one\"", "4"});
  Sink().Flush();
  EXPECT_THAT(client_->bodies,
              ElementsAre("111\n222\n", "3\n", "\"a large one\"\n", "4\n"));
}

TEST_F(HttpSinkTest, MakesAnArray) {
  options_.requests.array = true;
  Write({"1", "{}"});
  Sink().Flush();
  EXPECT_THAT(client_->bodies, ElementsAre("[1,{}]"));
}

TEST_F(HttpSinkTest, CompressesBodies) {
  options_.requests.compression = BodyCompression::kGzip;
  Write({"1"});
  Sink().Flush();
  EXPECT_THAT(client_->encodings, ElementsAre("gzip"));
  EXPECT_EQ(client_->bodies[0].substr(0, 2), "\x1F\x8B");
}

TEST_F(HttpSinkTest, AsksToTryAgainWhatMayWorkLater) {
  for (int status : {408, 425, 429, 500, 503, 599}) {
    client_->AnswerNext(status);
    const OutcomeRecorder recorder = Write({"1"});
    Sink().Flush();
    EXPECT_THAT(recorder.names(), ElementsAre("retry")) << status;
    EXPECT_THAT(std::string(recorder.outcome().details()[0].status.message()),
                HasSubstr("server answered " + std::to_string(status)));
  }
  client_->answers.push_back(absl::DeadlineExceededError("no answer"));
  const OutcomeRecorder recorder = Write({"1"});
  Sink().Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("retry"));
}

TEST_F(HttpSinkTest, RejectsWhatNeverWorks) {
  for (int status : {100, 301, 400, 401, 403, 404, 413}) {
    client_->AnswerNext(status);
    const OutcomeRecorder recorder = Write({"1"});
    Sink().Flush();
    EXPECT_THAT(recorder.names(), ElementsAre("rejected")) << status;
  }
}

TEST_F(HttpSinkTest, SaysWhenTheServerWantsToBeTriedAgain) {
  client_->answers.push_back(HttpAnswer{
      .status = 429, .excerpt = "", .retry_after = absl::Seconds(3)});
  const OutcomeRecorder recorder = Write({"1"});
  Sink().Flush();
  EXPECT_EQ(RetryAfterOf(recorder.outcome().details()[0].status),
            absl::Seconds(3));
}

TEST_F(HttpSinkTest, FindsTheEventThatIsRefused) {
  client_->poison = "bad";
  std::vector<std::string> payloads(16, "1");
  payloads[11] = "\"bad\"";
  const OutcomeRecorder recorder = Write(payloads);
  Sink().Flush();
  EXPECT_EQ(recorder.outcome().Count(Outcome::kDelivered), 15u);
  EXPECT_EQ(recorder.outcome().at(11), Outcome::kRejected);
  EXPECT_LE(client_->bodies.size(), 9u);
}

TEST_F(HttpSinkTest, SendsNothingAfterWhatIsToBeSentAgain) {
  options_.max_batch_events = 1;
  client_->AnswerNext(200);
  client_->AnswerNext(503);
  const OutcomeRecorder recorder = Write({"1", "2", "3", "4"});
  EXPECT_THAT(client_->bodies, ElementsAre("1\n", "2\n"));
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "retry", "retry", "retry"));
  const OutcomeRecorder later = Write({"5"});
  Sink().Flush();
  EXPECT_THAT(later.names(), ElementsAre("delivered"));
}

TEST_F(HttpSinkTest, GivesTheSameEventsTheSameKey) {
  client_->AnswerNext(503);
  Write({"1", "2"});
  Sink().Flush();
  Write({"1", "2"});
  Sink().Flush();
  Write({"1"});
  Sink().Flush();
  ASSERT_EQ(client_->keys.size(), 3u);
  EXPECT_EQ(client_->keys[0].size(), 32u);
  EXPECT_EQ(client_->keys[0], client_->keys[1]);
  EXPECT_NE(client_->keys[0], client_->keys[2]);
}

TEST_F(HttpSinkTest, BoundsItsMemory) {
  EXPECT_EQ(Sink().max_memory_bytes(), 3u << 20);
}

// Takes every second request, as a partner does that limits the rate.
TEST_F(HttpSinkTest, DeliversAllInOrderWhileEverySecondRequestSucceeds) {
  options_.max_batch_events = 20;
  std::vector<std::string> payloads;
  for (int i = 0; i < 2000; ++i) payloads.push_back(std::to_string(i));
  std::string taken;
  std::string expected;
  for (const std::string& payload : payloads) expected += payload + "\n";
  for (int i = 0; i < 100; ++i) {
    client_->AnswerNext(429);
    client_->AnswerNext(204);
  }
  const OutcomeRecorder recorder =
      WriteWithRetries(payloads, absl::Milliseconds(100));
  EXPECT_THAT(recorder.names(), Each("delivered"));
  ASSERT_EQ(client_->bodies.size(), 200u);
  for (size_t i = 1; i < 200; i += 2) taken += client_->bodies[i];
  EXPECT_EQ(taken, expected);
}

TEST_F(HttpSinkTest, SendsTheRequestsBehindOneThatIsRefusedForEver) {
  options_.max_batch_events = 2;
  client_->poison = "bad";
  client_->poison_status = 500;
  const OutcomeRecorder recorder = WriteWithRetries(
      {"1", "2", "\"bad\"", "4", "5", "6", "7"}, absl::InfiniteDuration());
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "delivered", "rejected", "rejected",
                          "delivered", "delivered", "delivered"));
}

// Events of ten keys, which the server takes in any order of requests, a third
// of them after it has refused them.
TEST_F(HttpSinkTest, KeepsTheOrderOfEveryKeyOverAllLanes) {
  options_.max_batch_events = 5;
  options_.key = ParseEventField("data.k");
  options_.requests.lanes = 4;
  Sink();
  Random random(7);
  client_->choose = [&](size_t calls) { return random.Below(calls); };
  std::vector<std::string> payloads;
  for (int i = 0; i < 2000; ++i) {
    payloads.push_back(
        absl::StrFormat("{\"k\":%d,\"n\":%d}", random.Below(10), i));
    client_->AnswerNext(random.Chance(0.3) ? 429 : 200);
  }
  const auto answers = client_->answers;
  const OutcomeRecorder recorder =
      WriteWithRetries(payloads, absl::InfiniteDuration());
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_GT(client_->most_under_way, 1u);

  std::map<int, int> last_of_key;
  int taken = 0;
  for (size_t i = 0; i < client_->bodies.size(); ++i) {
    if (answers[i]->status != 200) continue;
    for (absl::string_view line :
         absl::StrSplit(client_->bodies[i], '\n', absl::SkipEmpty())) {
      int key = 0;
      int number = 0;
      ASSERT_EQ(sscanf(std::string(line).c_str(), "{\"k\":%d,\"n\":%d}", &key,
                       &number),
                2);
      const auto last = last_of_key.try_emplace(key, -1).first;
      EXPECT_LT(last->second, number) << "of key " << key;
      last->second = number;
      ++taken;
    }
  }
  EXPECT_EQ(taken, 2000);
}

TEST_F(HttpSinkTest, SendsInAnyFreeLaneWithoutAKey) {
  options_.max_batch_events = 1;
  options_.requests.lanes = 4;
  Sink();
  const OutcomeRecorder recorder = WriteWithRetries(
      std::vector<std::string>(100, "1"), absl::InfiniteDuration());
  EXPECT_THAT(recorder.names(), Each("delivered"));
  EXPECT_EQ(client_->most_under_way, 4u);
}

TEST_F(HttpSinkTest, SaysWhetherItKeepsTheOrder) {
  const auto keeps_order = [this] {
    return HttpSink(options_, std::make_unique<NdjsonRowEncoder>(),
                    std::make_unique<FakeHttpClient>(), clock_)
        .keeps_order();
  };
  EXPECT_TRUE(keeps_order());
  options_.requests.lanes = 2;
  EXPECT_FALSE(keeps_order());
  options_.key = ParseEventField("subject");
  EXPECT_TRUE(keeps_order());
}

TEST_F(HttpSinkTest, ReportsAnOpenCircuit) {
  for (int i = 0; i < 5; ++i) {
    client_->AnswerNext(500);
    Write({"1"});
    Sink().Flush();
  }
  EXPECT_THAT(Sink().Report(),
              ElementsAre("5 requests", HasSubstr("circuit is open")));
}

}  // namespace
}  // namespace phoenix
