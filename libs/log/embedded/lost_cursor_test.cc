// Offsets are never given twice, whatever was lost of a log's folder: an event
// that got an offset again would be taken for one that is written already.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/log_repair.h"
#include "libs/log/embedded/recovery.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kCursor[] = "/log/cursor";

struct Loss {
  const char* name;
  bool keep_segments;  // The log keeps what is final; otherwise it has none.
  bool take_newest;
  enum { kGone, kRubbish, kEmpty, kOneSlot } cursor;
};

class LostCursorTest : public testing::TestWithParam<Loss> {
 protected:
  // One run, closed in order: every event is final. The end of its offsets.
  int64_t RunOnce() {
    options_.segment_bytes = 1;
    if (!GetParam().keep_segments) options_.retain_bytes = 0;
    clock_.Advance(absl::Seconds(1));
    auto log = OpenTestLog(options_, files_, clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    if (!log.ok()) return 0;
    for (uint64_t seed = 0; seed < 3; ++seed) {
      const auto stored = AppendAndStore(**log, TestBatch(seed));
      EXPECT_TRUE(stored.ok()) << stored.status();
      EXPECT_GE((*stored)->identity().first_offset, end_);
      end_ = (*stored)->identity().first_offset + (*stored)->size();
    }
    EXPECT_TRUE((*log)->SetCursor(0, (*log)->Stats().next_offset).ok());
    EXPECT_TRUE((*log)->Close().ok());
    return end_;
  }

  void Lose() {
    if (GetParam().take_newest) TakeNewest();
    switch (GetParam().cursor) {
      case Loss::kGone:
        EXPECT_TRUE(files_.Remove(kCursor).ok());
        break;
      case Loss::kRubbish:
        files_.SetContent(kCursor, std::string(4160, 'x'));
        break;
      case Loss::kEmpty:
        files_.SetContent(kCursor, "");
        break;
      case Loss::kOneSlot:
        files_.FlipBit(kCursor, 200);
        break;
    }
  }

  void TakeNewest() {
    std::string newest;
    for (const std::string& path : files_.Paths()) {
      if (path.find("/segments/") != path.npos) newest = std::max(newest, path);
    }
    EXPECT_TRUE(files_.Remove(newest).ok());
  }

  EmbeddedLogOptions options_ = TestLogOptions();
  SimulatedFileSystem files_;
  FakeClock clock_;
  int64_t end_ = 0;  // Of all offsets that were given.
};

TEST_P(LostCursorTest, CostsNoOffsetItsUniquenessHoweverOften) {
  for (int i = 0; i < 4; ++i) {
    RunOnce();
    Lose();
  }
  RunOnce();
}

TEST_P(LostCursorTest, IsMendedByTheNextOpening) {
  const int64_t end = RunOnce();
  Lose();
  const int64_t next =
      (*OpenTestLog(options_, files_, clock_))->Stats().next_offset;
  if (!GetParam().take_newest) {
    EXPECT_GE(next, end);
  }
  EXPECT_GE(next, kMinUnknownOffsets);
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
  const auto again = OpenTestLog(options_, files_, clock_);
  EXPECT_EQ((*again)->Stats().next_offset, next);
}

INSTANTIATE_TEST_SUITE_P(
    All, LostCursorTest,
    testing::Values(Loss{"NoSegmentsNoCursor", false, false, Loss::kGone},
                    Loss{"NoSegmentsRubbish", false, false, Loss::kRubbish},
                    Loss{"NoSegmentsEmpty", false, false, Loss::kEmpty},
                    Loss{"NoCursor", true, false, Loss::kGone},
                    Loss{"NewestAndCursorGone", true, true, Loss::kGone},
                    Loss{"NewestGoneRubbish", true, true, Loss::kRubbish},
                    Loss{"NewestGoneOneSlot", true, true, Loss::kOneSlot},
                    Loss{"OneSlot", true, false, Loss::kOneSlot}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(UnknownOffsetsTest, GoOnByTheClockAndFarBehindWhatIsKnown) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(NextUnknownOffset(0, now), 1'700'000'000'000'000);
  const int64_t known = 1'700'000'000'000'001;
  EXPECT_EQ(NextUnknownOffset(known, now), known + kMinUnknownOffsets);
  // A clock that has lost its time.
  EXPECT_EQ(NextUnknownOffset(5, absl::UnixEpoch()), 5 + kMinUnknownOffsets);
}

// A file of which one slot was never written, as earlier versions left it after
// a lost cursor.
TEST(UnwrittenSlotTest, IsNoDamage) {
  SimulatedFileSystem files;
  FakeClock clock;
  OpenTestLog(TestLogOptions(), files, clock).value()->Close().IgnoreError();
  const LogId id = ReadLogMeta(files, "/log")->id;
  ASSERT_TRUE(files.Remove(kCursor).ok());
  ASSERT_TRUE(CursorFile::Open(files, "/log", id)->Save({}).ok());
  EXPECT_THAT(*CheckLog(files, "/log"), IsEmpty());
  EXPECT_EQ(CursorFile::Open(files, "/log", id)->damaged_slots(), 1);
}

// One of zeros in a file that was written more than once was wiped.
TEST(UnwrittenSlotTest, IsDamageInAFileThatWasWrittenTwice) {
  SimulatedFileSystem files;
  FakeClock clock;
  OpenTestLog(TestLogOptions(), files, clock).value()->Close().IgnoreError();
  const LogId id = ReadLogMeta(files, "/log")->id;
  ASSERT_TRUE(CursorFile::Open(files, "/log", id)->Save({}).ok());
  ASSERT_TRUE(CursorFile::Open(files, "/log", id)->Save({}).ok());
  std::string content = files.Content(kCursor);
  content.replace(0, kCursorSlotBytes, kCursorSlotBytes, '\0');
  files.SetContent(kCursor, content);
  EXPECT_THAT(*CheckLog(files, "/log"),
              ElementsAre(HasSubstr("slot at 0 is damaged")));
}

class NextOffsetTest : public testing::Test {
 protected:
  NextOffsetTest() {
    auto log = *OpenTestLog(TestLogOptions(), files_, clock_);
    EXPECT_TRUE(AppendAndStore(*log, TestBatch(1)).ok());
    end_ = log->Stats().next_offset;
  }

  absl::StatusOr<std::vector<std::string>> Repair(int64_t next,
                                                  bool dry_run = false) {
    LogRepair repair;
    repair.next_offset = next;
    repair.dry_run = dry_run;
    return RepairLog(files_, "/log", repair);
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
  int64_t end_ = 0;
};

TEST_F(NextOffsetTest, IsThatOfTheNextEventAndADryRunSaysTheSame) {
  const int64_t next = end_ + kMinUnknownOffsets;
  const auto told = Repair(next, /*dry_run=*/true);
  EXPECT_EQ(
      (*OpenTestLog(TestLogOptions(), files_, clock_))->Stats().next_offset,
      end_);
  const auto done = Repair(next);
  EXPECT_THAT(*done, ElementsAre(HasSubstr("the next event gets offset")));
  EXPECT_EQ(*told, *done);
  EXPECT_THAT(*Repair(next), IsEmpty());
  auto log = *OpenTestLog(TestLogOptions(), files_, clock_);
  EXPECT_EQ(log->next_identity()->first_offset, next);
  EXPECT_EQ((*AppendAndStore(*log, TestBatch(2)))->identity().first_offset,
            next);
  EXPECT_EQ(DescribeLog(*log).size(), 2u);
  EXPECT_THAT(*CheckLog(files_, "/log"), IsEmpty());
}

TEST_F(NextOffsetTest, IsNeverALowerOne) {
  EXPECT_THAT(*Repair(end_ - 1), IsEmpty());
  EXPECT_EQ(
      (*OpenTestLog(TestLogOptions(), files_, clock_))->Stats().next_offset,
      end_);
}

TEST_F(NextOffsetTest, HoldsForALogWithoutACursor) {
  ASSERT_TRUE(files_.Remove(kCursor).ok());
  EXPECT_EQ(Repair(1'000'000)->size(), 1u);
  const auto log = OpenTestLog(TestLogOptions(), files_, clock_);
  EXPECT_GE((*log)->Stats().next_offset, end_ + kMinUnknownOffsets);
  EXPECT_EQ(*(*log)->cursor(0), 0);
}

}  // namespace
}  // namespace phoenix
