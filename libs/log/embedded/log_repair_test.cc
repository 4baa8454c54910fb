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

// Opening tells, and says what to do; a dry run says what the run then does;
// then the log opens, and nobody gets an offset again.
class TakenSegmentsTest : public LogRepairTest,
                          public testing::WithParamInterface<const char*> {
 protected:
  // Each letter a segment: taken, or kept.
  void Take() {
    const std::string_view which = GetParam();
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (which[i] != 't') continue;
      EXPECT_TRUE(files_.Remove(SegmentPath(i)).ok());
    }
  }
};

TEST_P(TakenSegmentsTest, AreMissed) {
  const int64_t end =
      OpenTestLog(options_, files_, clock_).value()->Stats().next_offset;
  Take();
  const absl::Status opened = OpenTestLog(options_, files_, clock_).status();
  EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
  EXPECT_THAT(std::string(opened.message()),
              HasSubstr("phoenix log repair DIR --accept-missing"));
  EXPECT_THAT(*CheckLog(files_, "/log"), ElementsAre(HasSubstr("missing")));
  LogRepair repair = AcceptMissing();
  repair.dry_run = true;
  const auto told = RepairLog(files_, "/log", repair);
  EXPECT_TRUE(absl::IsDataLoss(OpenTestLog(options_, files_, clock_).status()));
  const auto done = RepairLog(files_, "/log", AcceptMissing());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->size(), 1u);
  EXPECT_EQ(*told, *done);
  const auto log = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_GE((*log)->Stats().next_offset, end);
  EXPECT_THAT(*RepairLog(files_, "/log", repair), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Some, TakenSegmentsTest,
                         testing::Values("tkk", "ktk", "kkt", "ktt", "ttt"));

class FinalSegmentsTest : public TakenSegmentsTest {};

TEST_P(FinalSegmentsTest, AreGoneWithoutHarmBehindTheCursor) {
  int64_t end = 0;
  {
    auto log = *OpenTestLog(options_, files_, clock_);
    end = log->Stats().next_offset;
    EXPECT_TRUE(log->SetCursor(0, end).ok());
    EXPECT_TRUE(log->Close().ok());
  }
  Take();
  EXPECT_THAT(*CheckLog(files_, "/log"),
              ElementsAre(HasSubstr("behind the cursor")));
  LogRepair repair = AcceptMissing();
  repair.dry_run = true;
  const auto told = RepairLog(files_, "/log", repair);
  {
    auto log = OpenTestLog(options_, files_, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    EXPECT_EQ((*log)->Stats().next_offset, end);
  }
  EXPECT_EQ(told->size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Some, FinalSegmentsTest,
                         testing::Values("ktk", "kkt", "ttt"));

TEST_F(LogRepairTest, ClosesAHoleBehindTheCursor) {
  {
    auto log = *OpenTestLog(options_, files_, clock_);
    EXPECT_TRUE(log->SetCursor(0, log->Stats().next_offset).ok());
  }
  ASSERT_TRUE(files_.Remove(SegmentPath(1)).ok());
  EXPECT_EQ(RepairLog(files_, "/log", AcceptMissing())->size(), 1u);
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
}

TEST_F(LogRepairTest, DoesNotMissWhatTheLogHasDeleted) {
  options_.retain_bytes = 0;
  {
    auto log = *OpenTestLog(options_, files_, clock_);
    EXPECT_TRUE(log->SetCursor(0, log->Stats().next_offset).ok());
    EXPECT_TRUE(log->Close().ok());
    EXPECT_EQ(log->Stats().segments, 0u);
  }
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
  EXPECT_THAT(*RepairLog(files_, "/log", AcceptMissing()), IsEmpty());
  EXPECT_TRUE(OpenTestLog(options_, files_, clock_).ok());
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
