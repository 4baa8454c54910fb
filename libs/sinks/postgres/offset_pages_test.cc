#include "libs/sinks/postgres/offset_pages.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::Key;

TEST(OffsetPagesTest, HoldsExactlyWhatWasAdded) {
  OffsetPages pages;
  std::set<int64_t> model;
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto offset = static_cast<int64_t>(random.Next() % 20'000);
    if (random.Next() % 4 == 0) {
      pages.Remove(offset);
      model.erase(offset);
    } else {
      pages.Add(offset);
      model.insert(offset);
    }
  }
  for (int64_t offset = 0; offset < 25'000; ++offset) {
    EXPECT_EQ(pages.Contains(offset), model.contains(offset)) << offset;
  }
}

TEST(OffsetPagesTest, ReadsBackWhatItEncodes) {
  OffsetPages pages;
  for (int64_t offset : {4096, 4097, 8191}) pages.Add(offset);
  OffsetPages copy;
  ASSERT_TRUE(copy.Load(1, OffsetPages::Encode(pages.pages().at(1))));
  EXPECT_EQ(copy.pages(), pages.pages());
  EXPECT_FALSE(copy.Contains(4098));
}

TEST(OffsetPagesTest, EndsBehindTheHighestOffset) {
  OffsetPages pages;
  EXPECT_EQ(pages.end(), 0);
  pages.Add(0);
  EXPECT_EQ(pages.end(), 1);
  pages.Add(8191);
  pages.Touch(90'000);
  EXPECT_EQ(pages.end(), 8192);
}

TEST(OffsetPagesTest, RefusesWhatIsNoPage) {
  OffsetPages pages;
  EXPECT_FALSE(pages.Load(0, ""));
  EXPECT_FALSE(pages.Load(0, std::string(2 * OffsetPages::kPageBytes, 'x')));
  EXPECT_FALSE(
      pages.Load(0, std::string(2 * OffsetPages::kPageBytes + 2, '0')));
  EXPECT_TRUE(pages.Load(0, std::string(2 * OffsetPages::kPageBytes, '0')));
}

TEST(OffsetPagesTest, MakesThePagesThatAreTouched) {
  OffsetPages pages;
  pages.Touch(4095);
  pages.Touch(4096);
  pages.Touch(5000);
  EXPECT_THAT(pages.pages(), ElementsAre(Key(0), Key(1)));
  EXPECT_FALSE(pages.Contains(5000));
}

}  // namespace
}  // namespace phoenix
