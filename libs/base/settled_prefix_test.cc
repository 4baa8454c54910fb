#include "libs/base/settled_prefix.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SettledPrefixTest, MovesOverASettledPrefixOnly) {
  SettledPrefix prefix(10);
  const uint64_t first = prefix.Add(20);
  const uint64_t second = prefix.Add(30);
  EXPECT_EQ(prefix.position(), 10u);
  EXPECT_EQ(prefix.Settle(second), 10u);
  EXPECT_EQ(prefix.Settle(first), 30u);
  EXPECT_TRUE(prefix.settled());
}

TEST(SettledPrefixTest, WaitsForEachPartOfAChunk) {
  SettledPrefix prefix(0);
  const uint64_t chunk = prefix.Add(5, 2);
  EXPECT_EQ(prefix.Settle(chunk), 0u);
  EXPECT_FALSE(prefix.settled());
  EXPECT_EQ(prefix.Settle(chunk), 5u);
}

TEST(SettledPrefixTest, PassesAChunkWithoutParts) {
  SettledPrefix prefix(0);
  prefix.Add(5, 0);
  EXPECT_EQ(prefix.position(), 5u);
}

TEST(SettledPrefixTest, NumbersGoOnOverSettledChunks) {
  SettledPrefix prefix(0);
  prefix.Settle(prefix.Add(1));
  const uint64_t second = prefix.Add(2);
  EXPECT_EQ(second, 1u);
  EXPECT_EQ(prefix.Settle(second), 2u);
}

}  // namespace
}  // namespace phoenix
