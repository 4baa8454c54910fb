#include "libs/sinks/file/delivery_record.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

const BatchIdentity kOrders{.log = "orders", .partition = 3, .first_offset = 0};

class DeliveryRecordTest : public testing::Test {
 protected:
  DeliveryRecordTest() : directory_({.path = temp_.path()}) {
    EXPECT_TRUE(directory_.Open().ok());
  }

  // As a process that starts.
  absl::Status Load() {
    record_.emplace(directory_, "r", /*sync=*/false);
    return record_->Load();
  }

  absl::Status Start() {
    const absl::Status loaded = Load();
    return loaded.ok() ? record_->Restart() : loaded;
  }

  absl::Status Commit(int64_t begin, int64_t end) {
    return record_->Commit({}, {{kOrders, {{begin, end}}}});
  }

  bool Knows(int64_t offset) const {
    const OffsetSet* const set = record_->Find(kOrders);
    return set != nullptr && set->Contains(offset);
  }

  TempDirectory temp_;
  ConfinedDirectory directory_;
  std::optional<DeliveryRecord> record_;
};

TEST_F(DeliveryRecordTest, KnowsInTheNextRunWhatWasCommitted) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(record_->Open("a", {.inode = 7, .length = 10}).ok());
  ASSERT_TRUE(
      record_->Commit({{"a", 25}}, {{kOrders, {{9, 12}, {2, 5}}}}).ok());
  ASSERT_TRUE(Load().ok());
  EXPECT_EQ(record_->files().at("a").inode, 7u);
  EXPECT_EQ(record_->files().at("a").length, 25u);
  EXPECT_TRUE(Knows(2));
  EXPECT_TRUE(Knows(11));
  EXPECT_FALSE(Knows(5));
  EXPECT_EQ(record_->Find({.log = "orders", .partition = 4}), nullptr);
}

TEST_F(DeliveryRecordTest, KeepsEventsButNoFilesWhenItStartsAnew) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(record_->Open("a", {.inode = 7}).ok());
  ASSERT_TRUE(Commit(0, 3).ok());
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(Load().ok());
  EXPECT_TRUE(record_->files().empty());
  EXPECT_TRUE(Knows(2));
}

TEST_F(DeliveryRecordTest, LetsGoOfAFileWithTheNextEntry) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(record_->Open("a", {.inode = 7}).ok());
  record_->Close("a");
  ASSERT_TRUE(record_->Open("b", {.inode = 8}).ok());
  ASSERT_TRUE(Load().ok());
  EXPECT_FALSE(record_->files().contains("a"));
  EXPECT_TRUE(record_->files().contains("b"));
}

// Its first copy, that is: after that the second adds nothing.
TEST_F(DeliveryRecordTest, IsAsItWasBeforeAnEntryCutAtAnyByte) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(Commit(0, 3).ok());
  const std::string before = temp_.Read("r");
  ASSERT_TRUE(Commit(10, 20).ok());
  const std::string after = temp_.Read("r");
  const size_t whole = (before.size() + after.size()) / 2;
  for (size_t size = before.size(); size < after.size(); ++size) {
    record_.reset();
    temp_.Write("r", after.substr(0, size));
    ASSERT_TRUE(Load().ok()) << size;
    EXPECT_TRUE(Knows(2)) << size;
    EXPECT_EQ(Knows(10), size >= whole) << size;
  }
}

TEST_F(DeliveryRecordTest, StaysSmallHoweverMuchIsCommitted) {
  ASSERT_TRUE(Start().ok());
  for (int64_t i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(Commit(i * 10, i * 10 + 10).ok());
  }
  EXPECT_LT(temp_.Read("r").size(), DeliveryRecord::kMaxJournalBytes + 100);
  ASSERT_TRUE(Load().ok());
  EXPECT_TRUE(Knows(0));
  EXPECT_TRUE(Knows(999'999));
  EXPECT_FALSE(Knows(1'000'000));
}

TEST_F(DeliveryRecordTest, ForgetsTheLowestWhenItsPagesAreUsedUp) {
  ASSERT_TRUE(Start().ok());
  constexpr auto kPages = static_cast<int64_t>(DeliveryRecord::kMaxPages);
  constexpr int64_t kPage = OffsetSet::kPageOffsets;
  ASSERT_TRUE(Commit(0, 1).ok());
  ASSERT_TRUE(Commit(kPage, kPages * kPage).ok());
  EXPECT_TRUE(Knows(0));
  EXPECT_EQ(record_->Find(kOrders)->floor(), 0);
  ASSERT_TRUE(Commit(kPages * kPage, kPages * kPage + 1).ok());
  EXPECT_FALSE(Knows(0));
  EXPECT_EQ(record_->Find(kOrders)->floor(), kPage);
  EXPECT_EQ(record_->Find(kOrders)->page_count(), DeliveryRecord::kMaxPages);
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(record_->Find(kOrders)->floor(), kPage);
}

}  // namespace
}  // namespace phoenix
