#include "libs/log/embedded/log_repair.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LogRepair AcceptMissing() {
  LogRepair repair;
  repair.accept_missing = true;
  return repair;
}

LogRepair RewriteMeta(const std::string& pipeline) {
  LogRepair repair;
  repair.rewrite_meta = pipeline;
  return repair;
}

class LogRepairTest : public testing::Test {
 protected:
  LogRepairTest() {
    options_.segment_bytes = 1;
    auto log = *OpenTestLog(options_, files_, clock_);
    for (uint64_t seed = 0; seed < 3; ++seed) {
      EXPECT_TRUE(AppendAndStore(*log, TestBatch(seed)).ok());
    }
    entries_ = DescribeLog(*log);
  }

  std::string SegmentPath(size_t i) const {
    return "/log/segments/" + SegmentFileName(std::stoll(entries_[i]));
  }

  EmbeddedLogOptions options_ = TestLogOptions();
  SimulatedFileSystem files_;
  FakeClock clock_;
  std::vector<std::string> entries_;
};

TEST_F(LogRepairTest, HasNothingToDoForASoundLog) {
  const auto deeds = RepairLog(files_, "/log", AcceptMissing());
  ASSERT_TRUE(deeds.ok()) << deeds.status();
  EXPECT_THAT(*deeds, IsEmpty());
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
}

TEST_F(LogRepairTest, GivesUpMissingSegmentsWhenToldSo) {
  ASSERT_TRUE(files_.Remove(SegmentPath(1)).ok());
  EXPECT_FALSE(OpenTestLog(options_, files_, clock_).ok());
  EXPECT_THAT(*CheckLog(files_, "/log"), ElementsAre(HasSubstr("are missing")));
  const auto deeds = RepairLog(files_, "/log", AcceptMissing());
  ASSERT_TRUE(deeds.ok()) << deeds.status();
  EXPECT_THAT(*deeds, ElementsAre(HasSubstr("before it are given up")));
  auto log = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_THAT(DescribeLog(**log), ElementsAre(entries_[0], entries_[2]));
}

TEST_F(LogRepairTest, ChangesNothingOnADryRun) {
  ASSERT_TRUE(files_.Remove(SegmentPath(0)).ok());
  files_.SetContent("/log/META", "rubbish");
  LogRepair repair = AcceptMissing();
  repair.rewrite_meta = "test";
  repair.dry_run = true;
  const auto deeds = RepairLog(files_, "/log", repair);
  ASSERT_TRUE(deeds.ok()) << deeds.status();
  EXPECT_EQ(deeds->size(), 2u);
  EXPECT_EQ(files_.Content("/log/META"), "rubbish");
  EXPECT_FALSE(OpenTestLog(options_, files_, clock_).ok());
}

TEST_F(LogRepairTest, WritesADamagedMetaAnew) {
  files_.SetContent("/log/META", "rubbish");
  const auto error = OpenTestLog(options_, files_, clock_).status();
  EXPECT_THAT(std::string(error.message()), HasSubstr("--rewrite-meta"));
  EXPECT_TRUE(RepairLog(files_, "/log", RewriteMeta("test")).ok());
  auto log = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(DescribeLog(**log), entries_);
}

TEST_F(LogRepairTest, LeavesTheLogOfANewerVersionAlone) {
  files_.SetContent("/log/META", "phoenix-log 7\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(
      RepairLog(files_, "/log", RewriteMeta("test")).status()));
  EXPECT_EQ(files_.Content("/log/META"), "phoenix-log 7\n");
}

TEST_F(LogRepairTest, GivesALogToARenamedPipeline) {
  EXPECT_TRUE(RepairLog(files_, "/log", RewriteMeta("renamed")).ok());
  EXPECT_FALSE(OpenTestLog(options_, files_, clock_).ok());
  options_.pipeline = "renamed";
  auto log = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ(DescribeLog(**log), entries_);
}

TEST_F(LogRepairTest, RefusesALogThatIsInUse) {
  const auto log = OpenTestLog(options_, files_, clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(
      RepairLog(files_, "/log", RewriteMeta("x")).status()));
}

}  // namespace
}  // namespace phoenix
