#include "libs/event/outcome.h"

#include <gtest/gtest.h>

#include <set>

namespace phoenix {
namespace {

TEST(OutcomeTest, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i < kOutcomeCount; ++i) {
    names.insert(OutcomeName(static_cast<Outcome>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kOutcomeCount));
  EXPECT_EQ(OutcomeName(Outcome::kDeadLettered), "dead_lettered");
  EXPECT_EQ(OutcomeName(Outcome::kRetry), "retry");
}

TEST(BatchOutcomeTest, StartsAsToldInEveryRow) {
  EXPECT_EQ(BatchOutcome(2).at(1), Outcome::kPending);
  EXPECT_EQ(BatchOutcome(2, Outcome::kDelivered).Count(Outcome::kDelivered),
            2u);
}

TEST(BatchOutcomeTest, KeepsTheGreaterOutcomeOfARow) {
  BatchOutcome outcome(3);
  outcome.Merge({0, 2}, Outcome::kDelivered);
  outcome.Merge(0, Outcome::kFiltered);
  outcome.Merge(2, Outcome::kRetry);
  EXPECT_EQ(outcome.at(0), Outcome::kDelivered);
  EXPECT_EQ(outcome.at(1), Outcome::kPending);
  EXPECT_EQ(outcome.at(2), Outcome::kRetry);
}

TEST(BatchOutcomeTest, IsQueuedWhenOneWayIsStillOnDisk) {
  BatchOutcome outcome(2, Outcome::kDelivered);
  outcome.Merge({0, 1}, Outcome::kQueued);
  outcome.Merge(1, Outcome::kDeadLettered);
  EXPECT_EQ(outcome.at(0), Outcome::kQueued);
  EXPECT_EQ(outcome.at(1), Outcome::kDeadLettered);
}

TEST(BatchOutcomeTest, MergesAnotherWayOfTheSameBatch) {
  BatchOutcome a(2, Outcome::kDelivered);
  BatchOutcome b(2, Outcome::kFiltered);
  b.Merge(1, Outcome::kRejected);
  b.AddDetail({1, "sink 'x'", absl::InvalidArgumentError("too wide")});
  a.Merge(b);
  EXPECT_EQ(a.at(0), Outcome::kDelivered);
  EXPECT_EQ(a.at(1), Outcome::kRejected);
  ASSERT_EQ(a.details().size(), 1u);
  EXPECT_EQ(a.details()[0].component, "sink 'x'");
}

TEST(BatchOutcomeTest, KeepsTheDetailsOfBothWays) {
  BatchOutcome outcome(1, Outcome::kDelivered);
  outcome.AddDetail({0, "step", absl::OkStatus()});
  const BatchOutcome copy = outcome;
  outcome.Merge(copy);
  EXPECT_EQ(outcome.Count(Outcome::kDelivered), 1u);
  EXPECT_EQ(outcome.details().size(), 2u);
}

}  // namespace
}  // namespace phoenix
