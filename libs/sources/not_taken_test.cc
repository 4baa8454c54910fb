#include "libs/sources/not_taken.h"

#include <utility>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

BatchOutcome Said(Outcome outcome, absl::Status why) {
  BatchOutcome all(2, outcome);
  all.AddDetail({.row = 1, .component = "log", .status = std::move(why)});
  return all;
}

TEST(WhyNotTakenTest, NamesWhoHasNoRoom) {
  EXPECT_EQ(WhyNotTaken(Said(Outcome::kRetry,
                             absl::ResourceExhaustedError("it is full"))),
            absl::ResourceExhaustedError("log: it is full"));
  EXPECT_EQ(WhyNotTaken(Said(Outcome::kRetry, absl::UnavailableError("gone"))),
            absl::UnavailableError("log: gone"));
}

TEST(WhyNotTakenTest, IsOkWhenNothingButTheEndIsTheReason) {
  EXPECT_TRUE(WhyNotTaken(BatchOutcome(3, Outcome::kRetry)).ok());
  EXPECT_TRUE(
      WhyNotTaken(Said(Outcome::kRetry, absl::CancelledError("stop"))).ok());
}

TEST(WhyNotTakenTest, SpeaksOfRowsThatMayComeAgainOnly) {
  EXPECT_TRUE(
      WhyNotTaken(Said(Outcome::kRejected, absl::UnavailableError("no"))).ok());
}

}  // namespace
}  // namespace phoenix
