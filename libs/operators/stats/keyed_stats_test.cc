#include "libs/operators/stats/keyed_stats.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BatchStats Batch(const std::vector<std::string_view>& keys) {
  BatchStats batch;
  for (std::string_view key : keys) batch[key].Add(1);
  return batch;
}

std::vector<std::string> Keys(const std::vector<KeyedStats::Entry>& entries) {
  std::vector<std::string> keys;
  for (const auto& [key, stats] : entries) keys.push_back(key);
  return keys;
}

TEST(KeyedStatsTest, GivesWhatHasChangedSortedAndOnce) {
  KeyedStats stats(10);
  stats.Merge(Batch({"b", "a", "b"}));
  const auto changed = stats.TakeChanged();
  EXPECT_THAT(Keys(changed), ElementsAre("a", "b"));
  EXPECT_EQ(changed[1].second.count(), 2u);
  EXPECT_THAT(stats.TakeChanged(), IsEmpty());
  stats.Merge(Batch({"b"}));
  EXPECT_THAT(Keys(stats.TakeChanged()), ElementsAre("b"));
  EXPECT_THAT(Keys(stats.All()), ElementsAre("a", "b"));
}

TEST(KeyedStatsTest, CountsWhatIsBeyondItsLimit) {
  KeyedStats stats(2);
  stats.Merge(Batch({"a", "b"}));
  EXPECT_EQ(stats.overflow_count(), 0u);
  stats.Merge(Batch({"c", "c", "a"}));
  EXPECT_EQ(stats.overflow_count(), 2u);
  EXPECT_THAT(Keys(stats.All()), ElementsAre("a", "b"));
  EXPECT_EQ(stats.All()[0].second.count(), 2u);
}

}  // namespace
}  // namespace phoenix
