// The end of a log that was not closed is gone: its newest file was emptied, or
// cut, by somebody. What was acknowledged is missed, and its offsets are not
// given again.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/log_repair.h"
#include "libs/log/embedded/segment_content.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr uint64_t kBatches = 3;

class LostEndTest : public testing::Test {
 protected:
  // One life, ended by the loss of power: acknowledges some batches.
  void LiveAndDie() {
    auto log = OpenTestLog(options_, files_, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    for (uint64_t seed = 0; seed < kBatches; ++seed) {
      const auto stored = AppendAndStore(**log, TestBatch(seed));
      ASSERT_TRUE(stored.ok()) << stored.status();
      ASSERT_GE((*stored)->identity().first_offset, end_);
      end_ = (*stored)->identity().first_offset + (*stored)->size();
      record_ends_.push_back(SizeOfNewest());
    }
    clock_.Advance(options_.cursor_interval);
    (*log)->Step();
    files_.Crash();
  }

  std::string Newest() const {
    std::string newest;
    for (const std::string& path : files_.Paths()) {
      if (path.find("/segments/") != path.npos) newest = std::max(newest, path);
    }
    return newest;
  }

  // Without what was reserved.
  size_t SizeOfNewest() const {
    const std::string content = files_.Content(Newest());
    return (content.find_last_not_of('\0') + 8) / 8 * 8;
  }

  void Cut(size_t size) {
    files_.SetContent(Newest(), files_.Content(Newest()).substr(0, size));
  }

  // The log does not open, nor change anything, until somebody has given up
  // what is lost; then it goes on behind all offsets that were given.
  void ExpectMissed() {
    const std::string path = Newest();
    const std::string left = files_.Content(path);
    for (int i = 0; i < 2; ++i) {
      const absl::Status opened =
          OpenTestLog(options_, files_, clock_).status();
      ASSERT_TRUE(absl::IsDataLoss(opened)) << opened;
      EXPECT_THAT(std::string(opened.message()), HasSubstr("--accept-missing"));
      EXPECT_EQ(files_.Content(path), left);
    }
    EXPECT_THAT(*CheckLog(files_, "/log"), Contains(HasSubstr("are missing")));
    LogRepair repair;
    repair.accept_missing = true;
    repair.dry_run = true;
    const auto told = RepairLog(files_, "/log", repair);
    repair.dry_run = false;
    const auto done = RepairLog(files_, "/log", repair);
    ASSERT_TRUE(done.ok()) << done.status();
    EXPECT_THAT(*done, Contains(HasSubstr("are given up")));
    EXPECT_EQ(*told, *done);
    LiveAndDie();
    LiveAndDie();
  }

  EmbeddedLogOptions options_ = TestLogOptions();
  SimulatedFileSystem files_;
  FakeClock clock_;
  int64_t end_ = 0;                  // Of all offsets that were given.
  std::vector<size_t> record_ends_;  // Each in its segment.
};

TEST_F(LostEndTest, IsMissedWhenTheOnlyFileWasEmptied) {
  LiveAndDie();
  Cut(0);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenTheNewestFileWasEmptied) {
  LiveAndDie();
  LiveAndDie();
  Cut(0);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenALogWasOpenedAndItsLastFileThenEmptied) {
  LiveAndDie();
  EXPECT_TRUE(OpenTestLog(options_, files_, clock_).ok());
  Cut(0);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenTheHeaderOfAFileWasCut) {
  LiveAndDie();
  LiveAndDie();
  Cut(40);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenNothingButTheHeaderIsLeft) {
  LiveAndDie();
  Cut(SegmentHeader::kBytes);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenTheNewestFileIsAllZeros) {
  LiveAndDie();
  LiveAndDie();
  files_.SetContent(Newest(), std::string(4096, '\0'));
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedWhenAFileWasCutBetweenTwoRecords) {
  LiveAndDie();
  Cut(record_ends_[0]);
  ExpectMissed();
}

TEST_F(LostEndTest, IsMissedBeforeTheNextCursorIfItIsAWholeSegment) {
  LiveAndDie();
  auto log = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(AppendAndStore(**log, TestBatch(9)).ok());
  end_ = (*log)->Stats().next_offset;
  files_.Crash();
  Cut(0);
  ExpectMissed();
}

// As a process leaves it that dies when it has begun the next segment.
TEST_F(LostEndTest, IsGivenUpAtOnceWithAnUnusedSegmentBehindIt) {
  LiveAndDie();
  Cut(record_ends_[0]);
  const LogId id = ReadLogMeta(files_, "/log")->id;
  files_.SetContent(
      "/log/segments/" + SegmentFileName(end_),
      EncodeSegmentHeader(
          {.log_id = id, .base_offset = end_, .previous_end_offset = end_}));
  ASSERT_FALSE(OpenTestLog(options_, files_, clock_).ok());
  LogRepair repair;
  repair.accept_missing = true;
  ASSERT_TRUE(RepairLog(files_, "/log", repair).ok());
  const auto opened = OpenTestLog(options_, files_, clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_GE((*opened)->Stats().next_offset, end_);
}

// A record of which something is left.
class CutRecordTest : public LostEndTest {
 protected:
  void ExpectCountedOnce() {
    int64_t next = 0;
    for (int i = 0; i < 3; ++i) {
      const auto log = OpenTestLog(options_, files_, clock_);
      ASSERT_TRUE(log.ok()) << log.status();
      const LogStats stats = (*log)->Stats();
      EXPECT_EQ(stats.corrupt_records, 1u);
      EXPECT_EQ(stats.corrupt_events, static_cast<uint64_t>(end_ - kept_));
      EXPECT_EQ(DescribeLog(**log).size(), 1u);
      EXPECT_GE(stats.next_offset, end_);
      if (i > 0) {
        EXPECT_EQ(stats.next_offset, next);
      }
      next = stats.next_offset;
    }
    EXPECT_THAT(*CheckLog(files_, "/log"),
                Not(Contains(HasSubstr("are missing"))));
    LiveAndDie();
  }

  void CutSecondRecord() {
    LiveAndDie();
    kept_ = TestBatch(0)->size();
    Cut(record_ends_[0] + (record_ends_[1] - record_ends_[0]) / 2);
  }

  std::map<std::string, std::string> Contents() const {
    std::map<std::string, std::string> contents;
    for (const std::string& path : files_.Paths()) {
      contents[path] = files_.Content(path);
    }
    return contents;
  }

  void Restore(const std::map<std::string, std::string>& contents) {
    for (const std::string& path : files_.Paths()) {
      if (contents.count(path) == 0) {
        EXPECT_TRUE(files_.Remove(path).ok());
      }
    }
    for (const auto& [path, content] : contents) {
      files_.SetContent(path, content);
    }
  }

  int64_t kept_ = 0;  // Events.
};

TEST_F(CutRecordTest, IsCountedWithAllBehindItAndNoOffsetComesAgain) {
  CutSecondRecord();
  ExpectCountedOnce();
}

TEST_F(CutRecordTest, IsCountedWhenZerosFollow) {
  CutSecondRecord();
  files_.SetContent(Newest(),
                    files_.Content(Newest()) + std::string(100'000, '\0'));
  ExpectCountedOnce();
}

TEST_F(CutRecordTest, IsCountedHoweverOftenOpeningIsCutShort) {
  CutSecondRecord();
  const std::map<std::string, std::string> cut = Contents();
  for (uint64_t call = 1; call < 60; ++call) {
    Restore(cut);
    files_.FailCall(call, absl::UnavailableError("EIO"));
    OpenTestLog(options_, files_, clock_).status().IgnoreError();
    files_.FailCall(0, absl::OkStatus());
    files_.Crash();
    const auto log = OpenTestLog(options_, files_, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_GE((*log)->Stats().next_offset, end_ + kMinUnknownOffsets) << call;
  }
  ExpectCountedOnce();
}

// What the log itself leaves is not missed.
using LegalEndTest = LostEndTest;

TEST_F(LegalEndTest, IsASegmentThatWasBegunAndNeverUsed) {
  LiveAndDie();
  for (uint64_t call = 1; call < 40; ++call) {
    for (const bool closes : {false, true}) {
      auto log = OpenTestLog(options_, files_, clock_);
      ASSERT_TRUE(log.ok()) << call << log.status();
      files_.FailCall(call, absl::UnavailableError("EIO"));
      const auto stored = AppendAndStore(**log, TestBatch(call));
      files_.FailCall(0, absl::OkStatus());
      if (stored.ok()) end_ = (*log)->Stats().next_offset;
      if (closes) {
        EXPECT_TRUE((*log)->Close().ok());
      }
      files_.Crash();
    }
  }
  LiveAndDie();
}

TEST_F(LegalEndTest, IsOneThatNobodyHasSyncedBeforePowerWasLost) {
  options_.durability = Durability::kOs;
  for (int i = 0; i < 3; ++i) {
    LiveAndDie();
    EXPECT_EQ(SizeOfNewest(), 0u);
  }
}

TEST_F(LegalEndTest, OfWhichAllIsFinalIsNoLossWhenTheFileIsEmptied) {
  {
    auto log = *OpenTestLog(options_, files_, clock_);
    ASSERT_TRUE(AppendAndStore(*log, TestBatch(1)).ok());
    end_ = log->Stats().next_offset;
    ASSERT_TRUE(log->SetCursor(0, end_).ok());
    ASSERT_TRUE(log->Close().ok());
  }
  Cut(0);
  EXPECT_THAT(*CheckLog(files_, "/log"),
              Contains(HasSubstr("behind the cursor")));
  LiveAndDie();
  EXPECT_THAT(*CheckLog(files_, "/log"),
              Not(Contains(HasSubstr("are missing"))));
}

}  // namespace
}  // namespace phoenix
