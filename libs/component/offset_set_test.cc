#include "libs/component/offset_set.h"

#include <set>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr int64_t kPage = OffsetSet::kPageOffsets;

std::vector<std::pair<int64_t, int64_t>> Runs(const OffsetSet& set) {
  std::vector<std::pair<int64_t, int64_t>> runs;
  set.ForEachRun(
      [&](int64_t begin, int64_t end) { runs.emplace_back(begin, end); });
  return runs;
}

TEST(OffsetSetTest, HoldsWhatWasAdded) {
  OffsetSet set;
  EXPECT_FALSE(set.Contains(0));
  set.Add(3, 5);
  EXPECT_FALSE(set.Contains(2));
  EXPECT_TRUE(set.Contains(3));
  EXPECT_TRUE(set.Contains(4));
  EXPECT_FALSE(set.Contains(5));
  EXPECT_EQ(set.end(), 5);
}

TEST(OffsetSetTest, JoinsRunsOverPages) {
  OffsetSet set;
  set.Add(kPage - 2, 2 * kPage + 1);
  set.Add(2 * kPage + 5, 2 * kPage + 6);
  EXPECT_THAT(Runs(set), ElementsAre(Pair(kPage - 2, 2 * kPage + 1),
                                     Pair(2 * kPage + 5, 2 * kPage + 6)));
  EXPECT_EQ(set.page_count(), 3u);
}

TEST(OffsetSetTest, ForgetsTheLowestPage) {
  OffsetSet set;
  set.Add(0, 10);
  set.Add(kPage, kPage + 10);
  set.DropLowestPage();
  EXPECT_EQ(set.floor(), kPage);
  EXPECT_FALSE(set.Contains(5));
  EXPECT_TRUE(set.Contains(kPage + 5));
  set.Add(0, 20);
  EXPECT_FALSE(set.Contains(5));
  EXPECT_THAT(Runs(set), ElementsAre(Pair(kPage, kPage + 10)));
}

TEST(OffsetSetTest, ForgetsAllBelowAFloorThatIsAPageEnd) {
  OffsetSet set;
  set.Add(0, 10);
  set.RaiseFloor(3 * kPage);
  EXPECT_THAT(Runs(set), IsEmpty());
  EXPECT_EQ(set.end(), 3 * kPage);
}

TEST(OffsetSetTest, IsASetWhateverTheOrder) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    OffsetSet set;
    std::set<int64_t> model;
    for (int i = 0; i < 200; ++i) {
      const int64_t begin = static_cast<int64_t>(random.Below(3 * kPage));
      const int64_t end = begin + static_cast<int64_t>(random.Below(100));
      set.Add(begin, end);
      for (int64_t offset = begin; offset < end; ++offset) {
        model.insert(offset);
      }
    }
    std::set<int64_t> found;
    for (const auto& [begin, end] : Runs(set)) {
      for (int64_t offset = begin; offset < end; ++offset) {
        found.insert(offset);
        EXPECT_TRUE(set.Contains(offset));
      }
    }
    EXPECT_EQ(found, model) << "seed " << seed;
  }
}

}  // namespace
}  // namespace phoenix
