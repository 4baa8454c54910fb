#include "libs/sinks/http/request_dispatcher.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/held_rows.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/sink_decorators/retry_after.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/sinks/http/fake_http_client.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using State = CircuitBreaker::State;

class RequestDispatcherTest : public ::testing::Test {
 protected:
  RequestDispatcherTest() { options_.breaker.open.jitter_ratio = 0; }

  RequestDispatcher& Dispatcher() {
    if (dispatcher_ == nullptr) {
      auto client = std::make_unique<FakeHttpClient>();
      client_ = client.get();
      dispatcher_ = std::make_unique<RequestDispatcher>(
          options_, std::move(client), clock_);
    }
    return *dispatcher_;
  }

  FakeHttpClient& Client() {
    Dispatcher();
    return *client_;
  }

  // Sends these lines as one request.
  OutcomeRecorder Send(size_t lane, const std::vector<std::string>& lines,
                       bool full = true) {
    OutcomeRecorder recorder;
    Selection rows(lines.size());
    for (uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
    auto write = std::make_shared<WriteInProgress>(rows.size(), rows, "out",
                                                   recorder.Callback());
    PendingRequest request;
    for (size_t i = 0; i < lines.size(); ++i) {
      request.Add(lines[i], write, i, i);
    }
    Dispatcher().Send(lane, request, full);
    EXPECT_TRUE(request.empty());
    return recorder;
  }

  // So many full requests, one after the other.
  void SendMany(int requests) {
    for (int i = 0; i < requests; ++i) {
      Send(Dispatcher().WaitForFreeLane(), {"x"});
    }
  }

  // So many requests that are answered with 503.
  void Fail(int requests) {
    for (int i = 0; i < requests; ++i) {
      Client().AnswerNext(503);
      Dispatcher().Resume();
      Send(0, {"x"});
      Dispatcher().Drain();
    }
  }

  static const absl::Status& WhyOf(const OutcomeRecorder& recorder) {
    return recorder.outcome().details().at(0).status;
  }

  FakeClock clock_;
  RequestDispatcher::Options options_;

 private:
  FakeHttpClient* client_ = nullptr;
  std::unique_ptr<RequestDispatcher> dispatcher_;
};

TEST_F(RequestDispatcherTest, SettlesByTheAnswer) {
  Client().AnswerNext(204);
  Client().AnswerNext(403);
  const OutcomeRecorder taken = Send(0, {"1", "2"});
  const OutcomeRecorder refused = Send(0, {"3"});
  Dispatcher().Drain();
  EXPECT_THAT(taken.names(), ElementsAre("delivered", "delivered"));
  EXPECT_THAT(refused.names(), ElementsAre("rejected"));
  EXPECT_EQ(Dispatcher().requests(), 2u);
}

TEST_F(RequestDispatcherTest, HasOneRequestOfALaneUnderWay) {
  options_.lanes = 4;
  SendMany(100);
  Dispatcher().Drain();
  Client().most_under_way = 0;
  for (int i = 0; i < 10; ++i) Send(1, {"x"});
  EXPECT_EQ(Client().most_under_way, 1u);
}

TEST_F(RequestDispatcherTest, SendsMoreAtOnceWhileAnswersComeAsFastAsEver) {
  options_.lanes = 4;
  Send(0, {"x"});
  EXPECT_EQ(Dispatcher().limit(), 1);
  SendMany(100);
  EXPECT_EQ(Dispatcher().limit(), 4);
  EXPECT_EQ(Client().most_under_way, 4u);
}

TEST_F(RequestDispatcherTest, SendsFewerAtOnceWhenAnswersComeLate) {
  options_.lanes = 8;
  SendMany(300);
  Client().took = absl::Milliseconds(100);
  for (int i = 0; i < 300; ++i) {
    clock_.Advance(absl::Milliseconds(100));
    SendMany(1);
  }
  EXPECT_LE(Dispatcher().limit(), 2);
}

TEST_F(RequestDispatcherTest, HalvesTheLimitWhenTheServerHasTooMuchToDo) {
  options_.lanes = 8;
  SendMany(300);
  Dispatcher().Drain();
  clock_.Advance(absl::Seconds(1));
  Fail(1);
  EXPECT_EQ(Dispatcher().limit(), 4);
}

TEST_F(RequestDispatcherTest, LearnsNothingOfRequestsThatAreNotFull) {
  options_.lanes = 4;
  for (int i = 0; i < 100; ++i) Send(0, {"x"}, /*full=*/false);
  EXPECT_EQ(Dispatcher().limit(), 1);
}

TEST_F(RequestDispatcherTest, HoldsBackWhatComesAfterAnAnswerToTryAgain) {
  Client().AnswerNext(503);
  const OutcomeRecorder tried = Send(0, {"1"});
  const OutcomeRecorder held = Send(0, {"2", "3"});
  EXPECT_THAT(Client().bodies, ElementsAre("1\n"));
  EXPECT_THAT(tried.names(), ElementsAre("retry"));
  EXPECT_THAT(held.names(), Each("retry"));
  EXPECT_FALSE(IsHeldBack(WhyOf(tried)));
  EXPECT_TRUE(IsHeldBack(WhyOf(held)));
  Dispatcher().Resume();
  Send(0, {"1"});
  EXPECT_EQ(Client().bodies.size(), 2u);
}

TEST_F(RequestDispatcherTest, HoldsBackTheHalvesBehindOneToTryAgain) {
  for (int status : {422, 200, 503}) Client().AnswerNext(status);
  const OutcomeRecorder recorder = Send(0, {"1", "2", "3", "4", "5", "6"});
  Dispatcher().Drain();
  EXPECT_THAT(Client().bodies,
              ElementsAre("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n", "4\n5\n6\n"));
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "delivered", "delivered", "retry",
                          "retry", "retry"));
}

TEST_F(RequestDispatcherTest, LeavesAServerAloneThatFailsAgainAndAgain) {
  Fail(options_.breaker.max_failures_in_a_row);
  EXPECT_EQ(Dispatcher().circuit_state(), State::kOpen);
  Dispatcher().Resume();
  const OutcomeRecorder held = Send(0, {"1"});
  EXPECT_EQ(Client().bodies.size(), 5u);
  EXPECT_TRUE(IsHeldBack(WhyOf(held)));
  EXPECT_EQ(RetryAfterOf(WhyOf(held)), absl::Seconds(1));
  EXPECT_EQ(WhyOf(held).message(),
            "server answered 503: why; circuit is open for 1s");
}

TEST_F(RequestDispatcherTest, TellsWhoFailedHowLongTheCircuitIsOpen) {
  Fail(options_.breaker.max_failures_in_a_row - 1);
  Client().answers.push_back(HttpAnswer{
      .status = 503, .excerpt = "", .retry_after = absl::Milliseconds(10)});
  Dispatcher().Resume();
  const OutcomeRecorder tried = Send(0, {"1"});
  Dispatcher().Drain();
  EXPECT_FALSE(IsHeldBack(WhyOf(tried)));
  EXPECT_EQ(RetryAfterOf(WhyOf(tried)), absl::Seconds(1));
}

TEST_F(RequestDispatcherTest, SendsOneProbeAndThenTheRest) {
  options_.lanes = 4;
  SendMany(100);
  Dispatcher().Drain();
  Fail(options_.breaker.max_failures_in_a_row);
  clock_.Advance(absl::Seconds(1));
  Dispatcher().Resume();
  Client().most_under_way = 0;
  Send(0, {"probe"});
  EXPECT_EQ(Dispatcher().circuit_state(), State::kHalfOpen);
  EXPECT_EQ(Dispatcher().limit(), 1);
  const OutcomeRecorder next = Send(1, {"next"});
  EXPECT_EQ(Client().most_under_way, 1u);
  EXPECT_EQ(Dispatcher().circuit_state(), State::kClosed);
  Dispatcher().Drain();
  EXPECT_THAT(next.names(), ElementsAre("delivered"));
}

TEST_F(RequestDispatcherTest, TakesAServerThatLimitsTheRateForOneThatIsThere) {
  for (int i = 0; i < 100; ++i) {
    Client().AnswerNext(429);
    Dispatcher().Resume();
    Send(0, {"x"});
    Dispatcher().Drain();
  }
  EXPECT_EQ(Dispatcher().circuit_state(), State::kClosed);
}

TEST_F(RequestDispatcherTest, CountsNothingThatAStopEnded) {
  for (int i = 0; i < 10; ++i) {
    Client().answers.push_back(absl::CancelledError("request was cancelled"));
    Dispatcher().Resume();
    Send(0, {"x"});
    Dispatcher().Drain();
  }
  EXPECT_EQ(Dispatcher().circuit_state(), State::kClosed);
}

TEST_F(RequestDispatcherTest, PublishesTheCircuitAndTheLimit) {
  options_.lanes = 2;
  MetricsRegistry registry;
  Dispatcher().PublishMetrics(registry, {{label::kComponentName, "out"}});
  const auto value = [&](const MetricSpec& metric) {
    return registry.Snapshot().Sum(metric);
  };
  EXPECT_EQ(value(metric::kSinkCircuitState), 0);
  EXPECT_EQ(value(metric::kSinkRequestLimit), 1);
  SendMany(100);
  EXPECT_EQ(value(metric::kSinkRequestLimit), 2);
  Dispatcher().Drain();
  Fail(options_.breaker.max_failures_in_a_row);
  EXPECT_EQ(value(metric::kSinkCircuitState), 2);
  EXPECT_EQ(value(metric::kSinkRequestLimit), 1);
}

}  // namespace
}  // namespace phoenix
