#include "libs/component/dead_letter_count.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

absl::Time At(int second) { return absl::FromUnixSeconds(second); }

TEST(DeadLetterCountTest, CountsALetterOnceHoweverOftenItFails) {
  DeadLetterCount count;
  count.AddFailure("a", At(1), {0, 0});
  count.AddFailure("a", At(2), {1, 0});
  count.AddFailure("b", At(1), {0, 1});
  EXPECT_EQ(count.waiting(), 2u);
}

TEST(DeadLetterCountTest, LeavesOutWhatHasEnded) {
  DeadLetterCount count;
  count.AddFailure("a", At(1), {0, 0});
  count.AddFailure("b", At(1), {0, 1});
  count.AddEnd("a", At(1), {0, 2});
  EXPECT_EQ(count.waiting(), 1u);
  count.AddEnd("a", At(1), {0, 3});
  EXPECT_EQ(count.waiting(), 1u) << "it ended once";
  count.AddFailure("a", At(2), {0, 4});
  EXPECT_EQ(count.waiting(), 2u) << "it has failed again";
}

TEST(DeadLetterCountTest, EndsNothingThatHasFailedSince) {
  DeadLetterCount count;
  count.AddFailure("a", At(1), {0, 0});
  count.AddFailure("a", At(3), {0, 1});
  count.AddEnd("a", At(1), {0, 2});
  EXPECT_EQ(count.waiting(), 1u);
}

TEST(DeadLetterCountTest, TakesTheRecordsOfALetterInAnyOrder) {
  DeadLetterCount count;
  count.AddEnd("a", At(2), {1, 0});
  count.AddFailure("a", At(2), {0, 0});
  count.AddFailure("a", At(1), {0, 1});
  EXPECT_EQ(count.waiting(), 0u);
  count.AddFailure("b", At(3), {0, 2});
  count.AddFailure("b", At(2), {1, 1});
  EXPECT_EQ(count.waiting(), 1u);
}

TEST(DeadLetterCountTest, ForgetsWhatTheTopicHasDeleted) {
  DeadLetterCount count;
  count.AddFailure("a", At(1), {0, 0});
  count.AddFailure("b", At(1), {0, 5});
  count.AddFailure("c", At(1), {1, 0});
  count.Forget({0, 5});
  EXPECT_EQ(count.waiting(), 2u);
  // Of one that failed again, the last failure counts.
  count.AddFailure("b", At(2), {0, 9});
  count.Forget({0, 9});
  EXPECT_EQ(count.waiting(), 2u);
  count.Forget({0, 10});
  EXPECT_EQ(count.waiting(), 1u);
}

TEST(DeadLetterCountTest, HoldsAsManyLettersAsItMay) {
  DeadLetterCount count(8);
  for (int i = 0; i < 8; ++i) count.AddFailure(Cat(i), At(1), {0, i});
  EXPECT_EQ(count.waiting(), 8u);
  EXPECT_FALSE(count.overflowed());
  count.AddFailure("one more", At(1), {0, 8});
  EXPECT_TRUE(count.overflowed());
  count.AddEnd("0", At(1), {0, 9});
  EXPECT_TRUE(count.overflowed()) << "what it has forgotten stays so";
}

TEST(DeadLetterCountTest, GivesUpThoseThatHaveEndedForNewOnes) {
  DeadLetterCount count(8);
  for (int i = 0; i < 100; ++i) {
    count.AddFailure(Cat(i), At(1), {0, 2 * i});
    if (i >= 4) count.AddEnd(Cat(i), At(1), {0, 2 * i + 1});
  }
  EXPECT_EQ(count.waiting(), 4u);
  EXPECT_FALSE(count.overflowed());
}

}  // namespace
}  // namespace phoenix
