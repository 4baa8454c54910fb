#include "libs/sources/kafka/offset_tracker.h"

#include <thread>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(OffsetTrackerTest, MovesOverASettledPrefixOnly) {
  OffsetTracker tracker(10);
  const uint64_t first = tracker.Begin(20);
  const uint64_t second = tracker.Begin(30);
  EXPECT_EQ(tracker.position(), 10);
  tracker.Settle(second, true);
  EXPECT_EQ(tracker.position(), 10);
  tracker.Settle(first, true);
  EXPECT_EQ(tracker.position(), 30);
}

TEST(OffsetTrackerTest, StandsStillBeforeWhatIsToBeReadAgain) {
  OffsetTracker tracker(0);
  const uint64_t first = tracker.Begin(5);
  const uint64_t second = tracker.Begin(9);
  tracker.Settle(first, false);
  tracker.Settle(second, true);
  EXPECT_EQ(tracker.position(), 0);
  EXPECT_TRUE(tracker.must_read_again());
  EXPECT_TRUE(tracker.WaitUntilSettled(absl::ZeroDuration()));
}

TEST(OffsetTrackerTest, ForgetsAnOfferThatWasNotTaken) {
  OffsetTracker tracker(0);
  const uint64_t first = tracker.Begin(5);
  tracker.Begin(9);
  tracker.Withdraw();
  EXPECT_FALSE(tracker.WaitUntilSettled(absl::ZeroDuration()));
  tracker.Settle(first, true);
  EXPECT_TRUE(tracker.WaitUntilSettled(absl::ZeroDuration()));
  const uint64_t again = tracker.Begin(9);
  tracker.Settle(again, true);
  EXPECT_EQ(tracker.position(), 9);
  EXPECT_FALSE(tracker.must_read_again());
}

TEST(OffsetTrackerTest, EndsAWaitWhenTheLastOfferSettles) {
  OffsetTracker tracker(0);
  const uint64_t offer = tracker.Begin(5);
  std::thread settler([&] { tracker.Settle(offer, true); });
  while (!tracker.WaitUntilSettled(absl::Minutes(1))) {
  }
  EXPECT_EQ(tracker.position(), 5);
  settler.join();
}

}  // namespace
}  // namespace phoenix
