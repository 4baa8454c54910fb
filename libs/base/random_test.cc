#include "libs/base/random.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(RandomTest, GivesThePublishedSequenceOfSplitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(RandomTest, EqualSeedsGiveEqualSequences) {
  Random a(7), b(7), c(8);
  const uint64_t first = a.Next();
  EXPECT_EQ(b.Next(), first);
  EXPECT_NE(c.Next(), first);
}

TEST(RandomTest, StaysBelowTheBoundAndReachesAllBelowIt) {
  Random random(1);
  bool seen[3] = {};
  for (int i = 0; i < 100; ++i) {
    const uint64_t value = random.Below(3);
    ASSERT_LT(value, 3u);
    seen[value] = true;
  }
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
}

TEST(RandomTest, UniformFillsTheUnitInterval) {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double value = random.Uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 10'000, 0.5, 0.02);
}

TEST(RandomTest, ChanceKeepsToItsProbability) {
  Random random(3);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += random.Chance(0.2) ? 1 : 0;
  EXPECT_NEAR(hits, 2'000, 200);
  EXPECT_FALSE(random.Chance(0));
  EXPECT_TRUE(random.Chance(1));
}

}  // namespace
}  // namespace phoenix
