#include "libs/base/backoff.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

constexpr Backoff::Options kWithoutJitter = {
    .initial = absl::Milliseconds(100),
    .max = absl::Seconds(1),
    .multiplier = 2.0,
    .jitter_ratio = 0.0,
};

TEST(BackoffTest, GrowsUpToItsLimit) {
  Random random(1);
  Backoff backoff(kWithoutJitter);
  for (int expected_millis : {100, 200, 400, 800, 1000, 1000}) {
    EXPECT_EQ(backoff.Next(random), absl::Milliseconds(expected_millis));
  }
}

TEST(BackoffTest, StartsAnewAfterASuccess) {
  Random random(1);
  Backoff backoff(kWithoutJitter);
  backoff.Next(random);
  backoff.Next(random);
  backoff.Reset();
  EXPECT_EQ(backoff.Next(random), absl::Milliseconds(100));
}

TEST(BackoffTest, SpreadsDelaysWithinTheJitterAndNoFurther) {
  Random random(7);
  Backoff::Options options = kWithoutJitter;
  options.jitter_ratio = 0.5;
  absl::Duration least = absl::InfiniteDuration();
  absl::Duration most;
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration delay = Backoff(options).Next(random);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_GE(least, absl::Milliseconds(50));
  EXPECT_LT(least, absl::Milliseconds(55));
  EXPECT_LE(most, absl::Milliseconds(100));
  EXPECT_GT(most, absl::Milliseconds(95));
}

TEST(BackoffTest, NeverExceedsALimitBelowTheInitialDelay) {
  Random random(1);
  Backoff::Options options = kWithoutJitter;
  options.max = absl::Milliseconds(10);
  Backoff backoff(options);
  EXPECT_EQ(backoff.Next(random), absl::Milliseconds(10));
  EXPECT_EQ(backoff.Next(random), absl::Milliseconds(10));
}

TEST(BackoffTest, RepeatsItselfForTheSameSeed) {
  Random first(3), second(3);
  Backoff a({}), b({});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(a.Next(first), b.Next(second));
}

}  // namespace
}  // namespace phoenix
