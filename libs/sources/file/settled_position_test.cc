#include "libs/sources/file/settled_position.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SettledPositionTest, MovesOverASettledPrefixOnly) {
  SettledPosition position(10);
  const uint64_t first = position.Add(20, 1);
  const uint64_t second = position.Add(30, 1);
  EXPECT_EQ(position.offset(), 10u);
  position.Settle(second);
  EXPECT_EQ(position.offset(), 10u);
  position.Settle(first);
  EXPECT_EQ(position.offset(), 30u);
  EXPECT_TRUE(position.settled());
}

TEST(SettledPositionTest, WaitsForEachBatchOfAChunk) {
  SettledPosition position(0);
  const uint64_t chunk = position.Add(5, 2);
  position.Settle(chunk);
  EXPECT_EQ(position.offset(), 0u);
  EXPECT_FALSE(position.settled());
  position.Settle(chunk);
  EXPECT_EQ(position.offset(), 5u);
}

TEST(SettledPositionTest, PassesAChunkWithoutBatches) {
  SettledPosition position(0);
  position.Add(5, 0);
  EXPECT_EQ(position.offset(), 5u);
}

}  // namespace
}  // namespace phoenix
