#include "libs/sources/kafka/offset_tracker.h"

#include <thread>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

const auto kNoTime = absl::ZeroDuration();

BatchOutcome All(uint32_t rows, Outcome outcome = Outcome::kDelivered) {
  return BatchOutcome(rows, outcome);
}

TEST(OffsetTrackerTest, MovesOverASettledPrefixOnly) {
  OffsetTracker tracker(10);
  const uint64_t first = tracker.Add({10, 11});
  const uint64_t second = tracker.Add({12, 15});
  tracker.SetEnd(20);
  tracker.Begin();
  tracker.Begin();
  EXPECT_EQ(tracker.position(), 10);
  tracker.Settle(second, All(2));
  EXPECT_EQ(tracker.position(), 10);
  tracker.Settle(first, All(2));
  EXPECT_EQ(tracker.position(), 20);
}

TEST(OffsetTrackerTest, StandsStillBeforeWhatWasNotOfferedYet) {
  OffsetTracker tracker(0);
  const uint64_t first = tracker.Add({0, 1, 3});
  tracker.Add({2});
  tracker.SetEnd(4);
  tracker.Begin();
  tracker.Settle(first, All(3));
  EXPECT_EQ(tracker.position(), 2);
  EXPECT_TRUE(tracker.WaitUntilSettled(kNoTime));
}

TEST(OffsetTrackerTest, MovesOverTheRowsBeforeTheFirstThatIsToBeReadAgain) {
  OffsetTracker tracker(0);
  const uint64_t first = tracker.Add({0, 1, 2, 3});
  const uint64_t second = tracker.Add({4});
  tracker.SetEnd(5);
  tracker.Begin();
  tracker.Begin();
  BatchOutcome outcome = All(4, Outcome::kFiltered);
  outcome.Merge(2, Outcome::kRetry);
  tracker.Settle(first, outcome);
  tracker.Settle(second, All(1));
  EXPECT_EQ(tracker.position(), 2);
  EXPECT_TRUE(tracker.must_read_again());
  EXPECT_TRUE(tracker.WaitUntilSettled(kNoTime));
}

TEST(OffsetTrackerTest, TakesALogForAFinalPlace) {
  OffsetTracker tracker(0);
  const uint64_t group = tracker.Add({0});
  tracker.SetEnd(1);
  tracker.Begin();
  tracker.Settle(group, All(1, Outcome::kLogged));
  EXPECT_EQ(tracker.position(), 1);
}

TEST(OffsetTrackerTest, KnowsGroupsWhoseOffsetsAreInNoOrder) {
  OffsetTracker tracker(5);
  const uint64_t group = tracker.Add({9, 6});
  tracker.SetEnd(10);
  EXPECT_EQ(tracker.position(), 6);
  tracker.Begin();
  BatchOutcome outcome = All(2);
  outcome.Merge(0, Outcome::kRetry);
  tracker.Settle(group, outcome);
  EXPECT_EQ(tracker.position(), 9);
}

TEST(OffsetTrackerTest, WaitsForOffersThatWereTakenOnly) {
  OffsetTracker tracker(0);
  const uint64_t first = tracker.Add({0});
  const uint64_t second = tracker.Add({1});
  tracker.SetEnd(2);
  tracker.Begin();
  tracker.Begin();
  tracker.Withdraw();
  EXPECT_FALSE(tracker.WaitUntilSettled(kNoTime));
  tracker.Settle(first, All(1));
  EXPECT_TRUE(tracker.WaitUntilSettled(kNoTime));
  EXPECT_EQ(tracker.position(), 1);
  tracker.Begin();
  tracker.Settle(second, All(1));
  EXPECT_EQ(tracker.position(), 2);
  EXPECT_FALSE(tracker.must_read_again());
}

TEST(OffsetTrackerTest, EndsAWaitWhenTheLastOfferSettles) {
  OffsetTracker tracker(0);
  const uint64_t group = tracker.Add({0});
  tracker.SetEnd(5);
  tracker.Begin();
  std::thread settler([&] { tracker.Settle(group, All(1)); });
  while (!tracker.WaitUntilSettled(absl::Minutes(1))) {
  }
  EXPECT_EQ(tracker.position(), 5);
  settler.join();
}

}  // namespace
}  // namespace phoenix
