#include "libs/sources/kafka/plain_rows.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

class PlainRowsTest : public testing::Test {
 protected:
  EventBatchPtr Build() {
    return rows_.Build(5, [this](int64_t offset, std::string_view payload,
                                 const JsonError&) {
      invalid_.push_back(std::to_string(offset) + ":" + std::string(payload));
    });
  }

  static std::vector<std::string> Ids(const EventBatch& batch) {
    std::vector<std::string> ids;
    for (uint32_t row = 0; row < batch.size(); ++row) {
      ids.push_back(batch.attribute(Attribute::kId).ToString(row));
    }
    return ids;
  }

  PlainRows rows_{"t/0/", {"", "/s", "type", "application/json"}};
  std::vector<std::string> invalid_;
};

TEST_F(PlainRowsTest, MakesABatchThatCarriesItsIndex) {
  rows_.Add({.offset = 7, .payload = "{\"a\":1}"});
  rows_.Add({.offset = 8, .payload = "2"});
  const EventBatchPtr batch = Build();
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->payload(0), "{\"a\":1}");
  EXPECT_EQ(batch->payload(1), "2");
  EXPECT_NE(batch->payloads().json_index, nullptr);
  EXPECT_EQ(batch->receive_time_nanos(), 5);
  EXPECT_EQ(batch->attribute(Attribute::kSource).ToString(1), "/s");
  EXPECT_EQ(batch->attribute(Attribute::kType).ToString(0), "type");
  EXPECT_THAT(batch->extensions(), testing::IsEmpty());
  EXPECT_TRUE(rows_.empty());
}

TEST_F(PlainRowsTest, CountsIdsThatFollowEachOther) {
  for (int i = 0; i < 3; ++i) rows_.Add({.offset = 10 + i, .payload = "1"});
  const EventBatchPtr batch = Build();
  EXPECT_EQ(batch->attribute(Attribute::kId).kind(),
            StringColumn::Kind::kSequence);
  EXPECT_THAT(Ids(*batch), ElementsAre("t/0/10", "t/0/11", "t/0/12"));
}

TEST_F(PlainRowsTest, KeepsIdsOverGapsOfOffsets) {
  for (const int64_t offset : {3, 5, 900}) {
    rows_.Add({.offset = offset, .payload = "1"});
  }
  EXPECT_THAT(Ids(*Build()), ElementsAre("t/0/3", "t/0/5", "t/0/900"));
}

TEST_F(PlainRowsTest, DropsWhatIsNotJsonAndKeepsTheNeighboursWhole) {
  rows_.Add({.offset = 0, .payload = "bad", .key = "a"});
  rows_.Add({.offset = 1, .payload = "1"});
  rows_.Add({.offset = 2, .payload = "2", .key = "c"});
  rows_.Add({.offset = 3, .payload = "", .key = "d"});
  rows_.Add({.offset = 4, .payload = "4"});
  const EventBatchPtr batch = Build();
  EXPECT_THAT(invalid_, ElementsAre("0:bad", "3:"));
  ASSERT_EQ(batch->size(), 3u);
  EXPECT_THAT(Ids(*batch), ElementsAre("t/0/1", "t/0/2", "t/0/4"));
  EXPECT_EQ(batch->payload(1), "2");
  const ExtensionColumn* keys = batch->FindExtension("partitionkey");
  ASSERT_NE(keys, nullptr);
  EXPECT_FALSE(keys->values.HasValue(0));
  EXPECT_EQ(keys->values.ToString(1), "c");
  EXPECT_FALSE(keys->values.HasValue(2));
  EXPECT_EQ(batch->payloads().json_index->first.size(), 4u);
}

TEST_F(PlainRowsTest, IsNoBatchWithoutAValidRow) {
  rows_.Add({.offset = 0, .payload = "bad"});
  EXPECT_EQ(Build(), nullptr);
  rows_.Add({.offset = 1, .payload = "1"});
  EXPECT_EQ(Build()->size(), 1u);
}

TEST_F(PlainRowsTest, KeepsNoMemoryOfALargerBatchBefore) {
  for (int i = 0; i < 10'000; ++i) rows_.Add({.offset = i, .payload = "1"});
  const size_t large = Build()->memory_bytes();
  rows_.Add({.offset = 10'000, .payload = "1"});
  EXPECT_LT(Build()->memory_bytes(), large / 10);
}

TEST_F(PlainRowsTest, IsFullAtTheBoundsOfABatch) {
  const std::string large(BatchLimits::kDefaultMaxBytes, ' ');
  EXPECT_FALSE(rows_.IsFull(large.size() + 1));
  rows_.Add({.offset = 0, .payload = "1"});
  EXPECT_TRUE(rows_.IsFull(large.size()));
  for (uint32_t i = 1; i < EventBatch::kMaxEvents; ++i) {
    EXPECT_FALSE(rows_.IsFull(1));
    rows_.Add({.offset = i, .payload = "1"});
  }
  EXPECT_TRUE(rows_.IsFull(1));
  EXPECT_EQ(Build()->size(), EventBatch::kMaxEvents);
}

}  // namespace
}  // namespace phoenix
