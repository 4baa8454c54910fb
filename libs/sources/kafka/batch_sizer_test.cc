#include "libs/sources/kafka/batch_sizer.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BatchSizerTest, GrowsWhileOutcomesComeSoon) {
  BatchSizer sizer;
  EXPECT_EQ(sizer.size(), BatchSizer::kFirst);
  sizer.Settled(BatchSizer::kSoon);
  EXPECT_EQ(sizer.size(), 2 * BatchSizer::kFirst);
  for (int i = 0; i < 10; ++i) sizer.Settled(absl::ZeroDuration());
  EXPECT_EQ(sizer.size(), BatchSizer::kMax);
}

TEST(BatchSizerTest, ShrinksWhileTheyComeLate) {
  BatchSizer sizer;
  sizer.Settled(3 * BatchSizer::kSoon);
  EXPECT_EQ(sizer.size(), BatchSizer::kFirst / 2);
  for (int i = 0; i < 10; ++i) sizer.Settled(absl::Hours(1));
  EXPECT_EQ(sizer.size(), BatchSizer::kMin);
}

TEST(BatchSizerTest, StaysInBetween) {
  BatchSizer sizer;
  sizer.Settled(2 * BatchSizer::kSoon);
  EXPECT_EQ(sizer.size(), BatchSizer::kFirst);
}

}  // namespace
}  // namespace phoenix
