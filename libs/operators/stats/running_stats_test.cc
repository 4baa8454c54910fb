#include "libs/operators/stats/running_stats.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(RunningStatsTest, CountsAndFindsTheEnds) {
  RunningStats stats;
  for (double value : {3.0, -1.0, 2.0}) stats.Add(value);
  EXPECT_EQ(stats.count(), 3u);
  EXPECT_DOUBLE_EQ(stats.mean(), 4.0 / 3);
  EXPECT_EQ(stats.min(), -1);
  EXPECT_EQ(stats.max(), 3);
}

TEST(RunningStatsTest, MergesLikeAdding) {
  RunningStats all;
  RunningStats parts[2];
  for (int i = 0; i < 1000; ++i) {
    const double value = std::sin(i) * 100;
    all.Add(value);
    parts[i % 3 == 0].Add(value);
  }
  parts[0].Merge(parts[1]);
  parts[0].Merge(RunningStats());
  EXPECT_EQ(parts[0].count(), all.count());
  EXPECT_NEAR(parts[0].mean(), all.mean(), 1e-12);
  EXPECT_EQ(parts[0].min(), all.min());
  EXPECT_EQ(parts[0].max(), all.max());
  RunningStats empty;
  empty.Merge(all);
  EXPECT_DOUBLE_EQ(empty.mean(), all.mean());
}

TEST(RunningStatsTest, KeepsAMeanThatASumWouldLose) {
  RunningStats stats;
  for (int i = 0; i < 1'000'000; ++i) {
    stats.Add(1e9 + (i % 2 == 0 ? 0.1 : -0.1));
  }
  EXPECT_NEAR(stats.mean(), 1e9, 1e-5);
}

TEST(RunningStatsTest, DoesNotOverflow) {
  const double large = std::numeric_limits<double>::max();
  RunningStats stats;
  stats.Add(large);
  stats.Add(-large);
  stats.Add(large);
  EXPECT_TRUE(std::isfinite(stats.mean()));
  RunningStats other;
  other.Add(-large);
  stats.Merge(other);
  EXPECT_TRUE(std::isfinite(stats.mean()));
}

}  // namespace
}  // namespace phoenix
