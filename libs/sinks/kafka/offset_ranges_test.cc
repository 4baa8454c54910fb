#include "libs/sinks/kafka/offset_ranges.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(OffsetRangesTest, JoinsRangesThatTouch) {
  OffsetRanges ranges;
  ranges.Add(10, 20);
  ranges.Add(30, 40);
  EXPECT_EQ(ranges.Encode(), "10+10,30+10");
  ranges.Add(20, 30);
  EXPECT_EQ(ranges.Encode(), "10+30");
  ranges.Add(5, 50);
  ranges.Add(12, 13);
  EXPECT_EQ(ranges.Encode(), "5+45");
  EXPECT_EQ(ranges.end(), 50);
}

TEST(OffsetRangesTest, KnowsABatchThatWasOvertaken) {
  OffsetRanges ranges;
  ranges.Add(2000, 4000);
  EXPECT_FALSE(ranges.Contains(0));
  EXPECT_FALSE(ranges.Contains(1999));
  EXPECT_TRUE(ranges.Contains(2000));
  EXPECT_TRUE(ranges.Contains(3999));
  EXPECT_FALSE(ranges.Contains(4000));
  OffsetRanges late;
  late.Add(0, 2000);
  ranges.Add(late);
  EXPECT_EQ(ranges.Encode(), "0+4000");
}

TEST(OffsetRangesTest, ForgetsTheLowestAtItsBound) {
  OffsetRanges ranges;
  const auto count = static_cast<int64_t>(OffsetRanges::kMaxRanges);
  for (int64_t i = 0; i <= count; ++i) ranges.Add(i * 10, i * 10 + 1);
  EXPECT_EQ(ranges.size(), OffsetRanges::kMaxRanges);
  EXPECT_FALSE(ranges.Contains(0));
  EXPECT_TRUE(ranges.Contains(10));
  EXPECT_TRUE(ranges.Contains(count * 10));
}

TEST(OffsetRangesTest, ComesBackFromText) {
  EXPECT_TRUE(OffsetRanges::Decode("")->empty());
  EXPECT_EQ(OffsetRanges::Decode("10+10,30+10")->Encode(), "10+10,30+10");
  for (const char* text : {"x", "1", "1+", "1+0", "-1+5", "1+2,", ",1+2"}) {
    EXPECT_EQ(OffsetRanges::Decode(text).status().code(),
              absl::StatusCode::kDataLoss)
        << text;
  }
}

}  // namespace
}  // namespace phoenix
