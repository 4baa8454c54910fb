#include "tools/phoenix/past/replay_log.h"

#include <filesystem>

#include "gtest/gtest.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/retained/retained_files.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

class ReplayLogTest : public testing::Test {
 protected:
  ReplayLogTest() {
    std::filesystem::remove_all(folder_);
    WriteLog(folder_, {{"1", "2"}, {"3"}, {"4", "5"}});
    auto opened = RetainedFiles::Open(folder_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    retained_ = *std::move(opened);
  }
  ~ReplayLogTest() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ = testing::TempDir() + "/replay_log_test";
  std::shared_ptr<const RetainedLog> retained_;
  std::shared_ptr<ReplayProgress> progress_ =
      std::make_shared<ReplayProgress>(1);
};

TEST_F(ReplayLogTest, IsFinishedWhenAllThatWasReadIsSettled) {
  ReplayLog log(retained_, {.from_offset = 2, .to_offset = 4}, "again",
                progress_);
  EXPECT_EQ(*log.cursor(0), 2);
  EXPECT_EQ(log.Stats().next_offset, 5);
  const auto reader = *log.Read(0, 2);
  EXPECT_EQ((*reader->Next())->first_offset, 2);
  EXPECT_EQ((*reader->Next())->first_offset, 3);
  EXPECT_FALSE((*reader->Next()).has_value());
  EXPECT_FALSE(progress_->finished());
  EXPECT_TRUE(log.SetCursor(0, 5).ok());
  EXPECT_TRUE(log.SetCursor(0, 3).ok());  // Only forward.
  EXPECT_TRUE(progress_->finished());
}

TEST_F(ReplayLogTest, EndsEarlyWhenItIsToldAndIsNotFinished) {
  ReplayLog log(retained_, {}, "again", progress_);
  const auto reader = *log.Read(0, 0);
  EXPECT_TRUE((*reader->Next()).has_value());
  progress_->stopping = true;
  EXPECT_FALSE((*reader->Next()).has_value());
  EXPECT_TRUE(log.SetCursor(0, 2).ok());
  EXPECT_FALSE(progress_->finished());
}

TEST_F(ReplayLogTest, GivesEventsAnIdentityThatNoSinkKnows) {
  ReplayLog log(retained_, {}, "again", progress_);
  const auto entry = *(*log.Read(0, 2))->Next();
  EXPECT_EQ(entry->batch->identity().log, "again");
  EXPECT_EQ(entry->batch->identity().first_offset, 2);
}

TEST_F(ReplayLogTest, ReadsNothingOfAPartitionThatIsNotInTheRange) {
  ReplayLog log(retained_, {.partition = 1}, "again", progress_);
  const auto reader = *log.Read(0, 0);
  EXPECT_FALSE((*reader->Next()).has_value());
  EXPECT_TRUE(progress_->finished());
}

TEST_F(ReplayLogTest, BeginsWhereTheRangeIsKnownToBegin) {
  progress_->partitions[0].settled_end = 3;
  ReplayLog log(retained_, {.from_offset = 2}, "again", progress_);
  EXPECT_EQ(*log.cursor(0), 3);
}

// Three partitions with nothing to read, of different lengths.
class UnequalPartitions : public RetainedLog {
 public:
  const std::string& location() const override { return location_; }
  std::string name() const override { return location_; }
  int32_t partition_count() const override { return 3; }
  Extent extent(int32_t partition) const override {
    const int64_t ends[] = {20, 300, 0};
    return {0, ends[partition]};
  }
  std::unique_ptr<RetainedReader> Read(const LogRange&) const override {
    return nullptr;
  }
  absl::StatusOr<int64_t> FindLast(int32_t, int64_t) const override {
    return 0;
  }
  absl::StatusOr<std::unique_ptr<FileLock>> KeepRunsAway() const override {
    return nullptr;
  }
  std::string advice() const override { return ""; }

 private:
  const std::string location_ = "topic";
};

// What is read beyond it would not be counted.
TEST_F(ReplayLogTest, EndsWhereTheLongestPartitionEnds) {
  ReplayLog log(std::make_shared<UnequalPartitions>(), {}, "again",
                std::make_shared<ReplayProgress>(3));
  EXPECT_EQ(log.Stats().next_offset, 300);
}

TEST_F(ReplayLogTest, TakesNothing) {
  ReplayLog log(retained_, {}, "again", progress_);
  EXPECT_EQ(log.Append(nullptr, 0, nullptr).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(log.Read(1, 0).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace phoenix
