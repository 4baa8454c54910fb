#include "libs/operators/stats/keyed_stats.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BatchStats Batch(const std::vector<std::string_view>& keys) {
  BatchStats batch;
  for (std::string_view key : keys) batch.Add({StatsKey::Kind::kText, key}, 1);
  return batch;
}

std::vector<std::string> Keys(const std::vector<KeyedStats::Entry>& entries) {
  std::vector<std::string> keys;
  for (const auto& entry : entries) {
    const bool others = entry.key.kind == StatsKey::Kind::kOthers;
    keys.push_back(others ? "others" : entry.key.text);
  }
  return keys;
}

TEST(KeyedStatsTest, GivesWhatHasChangedSortedAndOnce) {
  KeyedStats stats(10);
  stats.Merge(Batch({"b", "a", "b"}));
  const auto changed = stats.TakeChanged();
  EXPECT_THAT(Keys(changed), ElementsAre("a", "b"));
  EXPECT_EQ(changed[1].stats.count(), 2u);
  EXPECT_THAT(stats.TakeChanged(), IsEmpty());
  stats.Merge(Batch({"b"}));
  EXPECT_THAT(Keys(stats.TakeChanged()), ElementsAre("b"));
  EXPECT_THAT(Keys(stats.All()), ElementsAre("a", "b"));
}

TEST(KeyedStatsTest, CountsWhatIsBeyondItsLimitTogether) {
  KeyedStats stats(2);
  stats.Merge(Batch({"a", "b"}));
  EXPECT_EQ(stats.Others().count(), 0u);
  stats.Merge(Batch({"c", "d", "c", "a"}));
  EXPECT_EQ(stats.Others().count(), 3u);
  EXPECT_THAT(Keys(stats.All()), ElementsAre("a", "b"));
  EXPECT_EQ(stats.All()[0].stats.count(), 2u);
  EXPECT_THAT(Keys(stats.TakeChanged()), ElementsAre("a", "b", "others"));
  EXPECT_THAT(stats.TakeChanged(), IsEmpty());
}

TEST(KeyedStatsTest, KeepsTheKeysThatCameFirst) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back(std::to_string(i * 7919));
  const std::vector<std::string_view> keys(names.begin(), names.end());
  KeyedStats stats(5);
  stats.Merge(Batch(keys));
  std::vector<std::string> first(names.begin(), names.begin() + 5);
  std::sort(first.begin(), first.end());
  EXPECT_EQ(Keys(stats.All()), first);
}

TEST(KeyedStatsTest, TellsKeysOfDifferentKindsApart) {
  BatchStats batch;
  batch.Add({StatsKey::Kind::kNumber, "1"}, 1);
  batch.Add({StatsKey::Kind::kText, "1"}, 2);
  batch.Add({StatsKey::Kind::kBool, "true"}, 3);
  batch.Add({StatsKey::Kind::kText, "true"}, 4);
  KeyedStats stats(10);
  stats.Merge(batch);
  stats.Merge(batch);
  const auto all = stats.All();
  EXPECT_THAT(Keys(all), ElementsAre("1", "true", "1", "true"));
  EXPECT_EQ(all[0].key.kind, StatsKey::Kind::kText);
  EXPECT_EQ(all[0].stats.mean(), 2);
  EXPECT_EQ(all[2].key.kind, StatsKey::Kind::kNumber);
  EXPECT_EQ(all[2].stats.mean(), 1);
  EXPECT_EQ(all[3].stats.count(), 2u);
}

}  // namespace
}  // namespace phoenix
