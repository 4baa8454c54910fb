#include "libs/base/adaptive_limit.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

class AdaptiveLimitTest : public ::testing::Test {
 protected:
  // So many answers, one after the other, each of which took `took_nanos`, with
  // the limit used up.
  void Answers(int count, int64_t took_nanos) {
    for (int i = 0; i < count; ++i) {
      now_ += took_nanos;
      limit_.OnAnswer(now_ - took_nanos, now_, limit_.limit());
    }
  }

  int64_t now_ = 0;
  AdaptiveLimit limit_{{.max = 8}};
};

TEST_F(AdaptiveLimitTest, StartsAtOne) { EXPECT_EQ(limit_.limit(), 1); }

TEST_F(AdaptiveLimitTest, GrowsByOneARoundOfAnswers) {
  Answers(1, 100);
  EXPECT_EQ(limit_.limit(), 2);
  Answers(3, 100);
  EXPECT_EQ(limit_.limit(), 3);
  Answers(4, 100);
  EXPECT_EQ(limit_.limit(), 4);
}

TEST_F(AdaptiveLimitTest, GrowsToItsMaximumAndNoFurther) {
  Answers(1000, 100);
  EXPECT_EQ(limit_.limit(), 8);
}

TEST_F(AdaptiveLimitTest, StaysAsItIsWhileItIsNotUsedUp) {
  Answers(4, 100);
  const int before = limit_.limit();
  for (int i = 0; i < 100; ++i) {
    limit_.OnAnswer(now_, now_ + 100, before - 1);
    now_ += 100;
  }
  EXPECT_EQ(limit_.limit(), before);
}

TEST_F(AdaptiveLimitTest, ShrinksByAPartWhenAnswersComeLate) {
  Answers(1000, 100);
  Answers(1, 201);
  EXPECT_EQ(limit_.limit(), 7);
  Answers(100, 201);
  EXPECT_EQ(limit_.limit(), 1);
}

TEST_F(AdaptiveLimitTest, TakesTwiceTheLeastTimeForNear) {
  Answers(1000, 100);
  Answers(1000, 200);
  EXPECT_EQ(limit_.limit(), 8);
}

TEST_F(AdaptiveLimitTest, HalvesOnOverload) {
  Answers(1000, 100);
  limit_.OnOverload(now_, now_ + 100);
  EXPECT_EQ(limit_.limit(), 4);
  limit_.OnOverload(now_ + 100, now_ + 200);
  limit_.OnOverload(now_ + 200, now_ + 300);
  limit_.OnOverload(now_ + 300, now_ + 400);
  EXPECT_EQ(limit_.limit(), 1);
}

TEST_F(AdaptiveLimitTest, ShrinksOnceForCallsThatWereUnderWayTogether) {
  Answers(1000, 100);
  for (int i = 0; i < 8; ++i) limit_.OnOverload(now_, now_ + 100 + i);
  EXPECT_EQ(limit_.limit(), 4);
}

TEST_F(AdaptiveLimitTest, ForgetsATimeThatWasFastLongAgo) {
  Answers(1000, 100);
  Answers(1, 1000);
  EXPECT_LT(limit_.limit(), 8);
  now_ += absl::ToInt64Nanoseconds(absl::Minutes(1));
  Answers(1, 1000);
  now_ += absl::ToInt64Nanoseconds(absl::Minutes(1));
  Answers(1000, 1000);
  EXPECT_EQ(limit_.limit(), 8);
}

}  // namespace
}  // namespace phoenix
