#include "libs/base/clock.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(FakeClockTest, StandsStillUntilItIsAdvanced) {
  FakeClock clock(absl::FromUnixSeconds(100));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(100));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(100));
  clock.Advance(absl::Milliseconds(1500));
  EXPECT_EQ(clock.Now(), absl::FromUnixMillis(101'500));
}

TEST(FakeClockTest, BothTimesAdvanceTogether) {
  FakeClock clock;
  const int64_t before = clock.MonotonicNanos();
  clock.Advance(absl::Nanoseconds(7));
  EXPECT_EQ(clock.MonotonicNanos() - before, 7);
}

TEST(SystemClockTest, NeverGoesBack) {
  Clock& clock = Clock::System();
  const int64_t first = clock.MonotonicNanos();
  EXPECT_GE(clock.MonotonicNanos(), first);
  EXPECT_GT(clock.Now(), absl::FromUnixSeconds(1'600'000'000));
}

TEST(SystemClockTest, IsOneObject) {
  EXPECT_EQ(&Clock::System(), &Clock::System());
}

}  // namespace
}  // namespace phoenix
