#include "libs/log/embedded/log_check.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSegment[] = "/log/segments/00000000000000000000.log";

class LogCheckTest : public testing::Test {
 protected:
  LogCheckTest() {
    auto log = *OpenTestLog(TestLogOptions(), files_, clock_);
    for (uint64_t seed = 0; seed < 3; ++seed) {
      EXPECT_TRUE(AppendAndStore(*log, TestBatch(seed)).ok());
    }
    EXPECT_TRUE(log->SetCursor(0, 4).ok());
    end_ = log->Stats().next_offset;
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
  int64_t end_ = 0;
};

TEST_F(LogCheckTest, FindsNothingInASoundLog) {
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
}

TEST_F(LogCheckTest, VisitsEveryEntryUntilItIsTold) {
  int count = 0;
  const auto survey = SurveyLog(files_, "/log", [&](const LogEntry& entry) {
    EXPECT_EQ(entry.append_time, clock_.Now());
    ++count;
    return true;
  });
  ASSERT_TRUE(survey.ok()) << survey.status();
  EXPECT_EQ(count, 3);
  EXPECT_EQ(survey->cursor->cursor_offset, 4);
  EXPECT_EQ(survey->meta.pipeline, "test");
  ASSERT_EQ(survey->segments.size(), 1u);
  EXPECT_EQ(survey->segments[0].end_offset, end_);
  EXPECT_EQ(survey->segments[0].record_count, 3u);
  count = 0;
  EXPECT_TRUE(SurveyLog(files_, "/log", [&](const LogEntry&) {
                return ++count < 2;
              }).ok());
  EXPECT_EQ(count, 2);
}

TEST_F(LogCheckTest, SaysWhereARecordIsCorrupt) {
  files_.FlipBit(kSegment, 150 * 8);
  EXPECT_THAT(*CheckLog(files_, "/log"), ElementsAre(HasSubstr("bytes 64 to")));
}

TEST_F(LogCheckTest, FindsADamagedCursorSlotHeaderAndFooter) {
  files_.FlipBit("/log/cursor", 8 * 20);
  files_.FlipBit(kSegment, 8 * 30);
  files_.FlipBit(kSegment, files_.Content(kSegment).size() * 8 - 100);
  EXPECT_THAT(*CheckLog(files_, "/log"),
              ElementsAre(HasSubstr("cursor: slot at 0 is damaged"),
                          HasSubstr("header is damaged"),
                          HasSubstr("footer is damaged")));
}

TEST_F(LogCheckTest, CannotTellWithoutMeta) {
  EXPECT_TRUE(absl::IsNotFound(CheckLog(files_, "/nothing").status()));
}

}  // namespace
}  // namespace phoenix
