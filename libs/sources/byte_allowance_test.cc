#include "libs/sources/byte_allowance.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ByteAllowanceTest, GivesUpToItsBoundAndNotAByteMore) {
  ByteAllowance allowance(100);
  ByteAllowance::Share share(allowance);
  EXPECT_FALSE(share.Resize(101));
  EXPECT_EQ(share.bytes(), 0u);
  EXPECT_TRUE(share.Resize(100));
  EXPECT_EQ(allowance.used_bytes(), 100u);
}

TEST(ByteAllowanceTest, IsSharedByAllWhoDrawOnIt) {
  ByteAllowance allowance(100);
  ByteAllowance::Share one(allowance);
  ByteAllowance::Share other(allowance);
  EXPECT_TRUE(one.Resize(60));
  EXPECT_FALSE(other.Resize(41));
  EXPECT_TRUE(other.Resize(40));
  EXPECT_TRUE(one.Resize(20));
  EXPECT_TRUE(other.Resize(80));
  EXPECT_EQ(allowance.used_bytes(), 100u);
}

TEST(ByteAllowanceTest, LeavesAShareAsItIsWhenItCantGrow) {
  ByteAllowance allowance(100);
  ByteAllowance::Share share(allowance);
  EXPECT_TRUE(share.Resize(70));
  EXPECT_FALSE(share.Resize(170));
  EXPECT_EQ(share.bytes(), 70u);
  EXPECT_EQ(allowance.used_bytes(), 70u);
}

TEST(ByteAllowanceTest, HasBackWhatAShareHadThatIsGone) {
  ByteAllowance allowance(100);
  {
    ByteAllowance::Share share(allowance);
    EXPECT_TRUE(share.Resize(100));
  }
  EXPECT_EQ(allowance.used_bytes(), 0u);
}

TEST(ByteAllowanceTest, CountsRightWhenManyThreadsDrawOnIt) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10'000;
  ByteAllowance allowance(kThreads - 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&allowance] {
      for (int round = 0; round < kRounds; ++round) {
        ByteAllowance::Share share(allowance);
        share.Resize(1);
        ASSERT_LE(allowance.used_bytes(), allowance.max_bytes());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowance.used_bytes(), 0u);
}

}  // namespace
}  // namespace phoenix
