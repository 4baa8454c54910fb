#include "libs/base/circuit_breaker.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

using State = CircuitBreaker::State;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  CircuitBreakerTest() { options_.open.jitter_ratio = 0; }

  CircuitBreaker Make() { return CircuitBreaker(options_, clock_); }

  static void Fail(CircuitBreaker& breaker, int calls) {
    for (int i = 0; i < calls; ++i) {
      EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
      breaker.OnFailure();
    }
  }

  FakeClock clock_;
  CircuitBreaker::Options options_;
};

TEST_F(CircuitBreakerTest, StaysClosedBelowTheMostFailuresInARow) {
  CircuitBreaker breaker = Make();
  for (int i = 0; i < 4; ++i) {
    Fail(breaker, options_.max_failures_in_a_row - 1);
    breaker.OnSuccess();
  }
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.failures_in_a_row(), 0);
}

TEST_F(CircuitBreakerTest, OpensAtTheMostFailuresInARow) {
  CircuitBreaker breaker = Make();
  Fail(breaker, options_.max_failures_in_a_row);
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_EQ(breaker.TryCall(), absl::Seconds(1));
}

TEST_F(CircuitBreakerTest, OpensWhenMoreThanTheShareOfAWindowFails) {
  CircuitBreaker breaker = Make();
  for (int i = 0; i < 9; ++i) {
    breaker.OnSuccess();
    Fail(breaker, 1);
  }
  breaker.OnSuccess();
  Fail(breaker, 1);
  EXPECT_EQ(breaker.state(), State::kClosed);  // 10 of 20.
  Fail(breaker, 1);
  EXPECT_EQ(breaker.state(), State::kOpen);
}

TEST_F(CircuitBreakerTest, ForgetsTheWindowBefore) {
  CircuitBreaker breaker = Make();
  for (int i = 0; i < 6; ++i) {
    Fail(breaker, 3);
    breaker.OnSuccess();
    clock_.Advance(options_.window / 2);
  }
  EXPECT_EQ(breaker.state(), State::kClosed);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughWhenItsTimeIsOver) {
  CircuitBreaker breaker = Make();
  Fail(breaker, options_.max_failures_in_a_row);
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(breaker.TryCall(), absl::Milliseconds(1));
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
  EXPECT_EQ(breaker.state(), State::kHalfOpen);
  EXPECT_GT(breaker.TryCall(), absl::ZeroDuration());
  breaker.OnSuccess();
  EXPECT_EQ(breaker.state(), State::kClosed);
  EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
}

TEST_F(CircuitBreakerTest, IsOpenForLongerAfterEveryProbeThatFails) {
  CircuitBreaker breaker = Make();
  Fail(breaker, options_.max_failures_in_a_row);
  for (int seconds : {1, 2, 4, 8, 16, 30, 30}) {
    EXPECT_EQ(breaker.TryCall(), absl::Seconds(seconds));
    clock_.Advance(absl::Seconds(seconds));
    Fail(breaker, 1);
  }
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
  breaker.OnSuccess();
  Fail(breaker, options_.max_failures_in_a_row);
  EXPECT_EQ(breaker.TryCall(), absl::Seconds(1));
}

TEST_F(CircuitBreakerTest, SpreadsTheTimeByChance) {
  options_.open.jitter_ratio = 0.5;
  CircuitBreaker first = Make();
  options_.random_seed = 7;
  CircuitBreaker second = Make();
  Fail(first, options_.max_failures_in_a_row);
  Fail(second, options_.max_failures_in_a_row);
  EXPECT_NE(first.TryCall(), second.TryCall());
}

TEST_F(CircuitBreakerTest, IgnoresLateAnswersWhileItIsOpen) {
  CircuitBreaker breaker = Make();
  Fail(breaker, options_.max_failures_in_a_row);
  breaker.OnSuccess();
  breaker.OnFailure();
  EXPECT_EQ(breaker.state(), State::kOpen);
  EXPECT_EQ(breaker.TryCall(), absl::Seconds(1));
}

TEST_F(CircuitBreakerTest, LetsAnotherProbeThroughAfterOneThatWasAbandoned) {
  CircuitBreaker breaker = Make();
  Fail(breaker, options_.max_failures_in_a_row);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
  breaker.OnAbandoned();
  EXPECT_EQ(breaker.TryCall(), absl::ZeroDuration());
}

}  // namespace
}  // namespace phoenix
