#include "libs/component/offset_pages.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;

TEST(OffsetPagesTest, EndsBehindTheHighestOffset) {
  OffsetPages pages;
  EXPECT_EQ(pages.end(), 0);
  pages.Add(0);
  EXPECT_EQ(pages.end(), 1);
  pages.Add(8191);
  pages.Touch(90'000);
  EXPECT_EQ(pages.end(), 8192);
}

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

TEST(OffsetPagesTest, ReadsBackWhatItStores) {
  OffsetPages pages;
  for (int64_t offset : {4096, 4097, 8191}) pages.Add(offset);
  OffsetPages copy;
  ASSERT_TRUE(copy.Load(1, TrimmedPage(pages.pages().at(1))));
  EXPECT_EQ(copy.pages(), pages.pages());
  EXPECT_FALSE(copy.Contains(4098));
}

TEST(OffsetPagesTest, StoresNoMoreThanUpToTheLastOffset) {
  OffsetPages pages;
  pages.Touch(0);
  EXPECT_EQ(TrimmedPage(*pages.Find(0)), "");
  pages.Add(0);
  EXPECT_EQ(TrimmedPage(*pages.Find(0)), "\x01");
  pages.Add(17);
  EXPECT_EQ(TrimmedPage(*pages.Find(0)), std::string("\x01\0\x02", 3));
}

TEST(OffsetPagesTest, LoadsAPageInPlaceOfTheOneItHas) {
  OffsetPages pages;
  pages.Add(30);
  ASSERT_TRUE(pages.Load(0, "\x01"));
  EXPECT_TRUE(pages.Contains(0));
  EXPECT_FALSE(pages.Contains(30));
}

TEST(OffsetPagesTest, RefusesWhatIsNoPage) {
  OffsetPages pages;
  const std::string page(OffsetPages::kPageBytes, '\0');
  EXPECT_FALSE(pages.Load(0, page + '\0'));
  EXPECT_FALSE(pages.Load(-1, page));
  EXPECT_THAT(pages.pages(), IsEmpty());
  EXPECT_TRUE(pages.Load(0, page));
}

TEST(OffsetPagesTest, MakesThePagesThatAreTouched) {
  OffsetPages pages;
  EXPECT_EQ(pages.Find(0), nullptr);
  pages.Touch(4095);
  pages.Touch(4096);
  pages.Touch(5000);
  EXPECT_THAT(pages.pages(), ElementsAre(Key(0), Key(1)));
  EXPECT_FALSE(pages.Contains(5000));
  EXPECT_NE(pages.Find(0), nullptr);
}

TEST(OffsetPagesTest, MergesPages) {
  OffsetPages pages;
  OffsetPages more;
  pages.Add(1);
  for (int64_t offset : {2, 5000}) more.Add(offset);
  pages.Merge(more);
  for (int64_t offset : {1, 2, 5000}) EXPECT_TRUE(pages.Contains(offset));
  EXPECT_FALSE(more.Contains(1));
}

TEST(OffsetPagesTest, DropsTheLowestPages) {
  OffsetPages pages;
  for (int64_t page : {0, 1, 2, 3}) pages.Add(page * 4096);
  EXPECT_TRUE(pages.Contains(4096));
  pages.Drop(1);
  EXPECT_FALSE(pages.Contains(4096));
  EXPECT_THAT(pages.pages(), ElementsAre(Key(0), Key(2), Key(3)));
  pages.DropBelow(2);
  EXPECT_THAT(pages.pages(), ElementsAre(Key(2), Key(3)));
  EXPECT_TRUE(pages.Contains(3 * 4096));
  pages.Clear();
  EXPECT_FALSE(pages.Contains(3 * 4096));
  EXPECT_THAT(pages.pages(), IsEmpty());
}

TEST(OffsetPagesTest, SaysWhichPartitionWasForgotten) {
  const absl::Status why = ForgottenOffsetError(
      {.log = "telemetry", .partition = 3, .first_offset = 0});
  EXPECT_EQ(why.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(why.message()),
              HasSubstr("partition 3 of log 'telemetry'"));
}

}  // namespace
}  // namespace phoenix
