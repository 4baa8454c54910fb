#include "libs/log/embedded/cursor_file.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/log/embedded/testing/simulated_file_system.h"

namespace phoenix {
namespace {

constexpr LogId kId = {1, 2};
constexpr char kPath[] = "/log/cursor";

class CursorFileTest : public testing::Test {
 protected:
  CursorFileTest() {
    EXPECT_TRUE(CursorFile::Create(files_, "/log", kId).ok());
  }

  CursorFile Open() { return *CursorFile::Open(files_, "/log", kId); }

  SimulatedFileSystem files_;
};

TEST_F(CursorFileTest, BeginsAtZero) {
  EXPECT_EQ(Open().state(), CursorState());
  EXPECT_EQ(Open().damaged_slots(), 0);
}

TEST_F(CursorFileTest, KeepsTheLastStateThatWasSaved) {
  for (int64_t i = 1; i < 5; ++i) {
    ASSERT_TRUE(Open().Save({i, 2 * i, 3}).ok());
    files_.Crash();
    EXPECT_EQ(Open().state(), (CursorState{i, 2 * i, 3}));
  }
}

TEST_F(CursorFileTest, KeepsHowFarTheNewestSegmentReaches) {
  for (const CursorState& state :
       {CursorState{.newest_end = 1}, CursorState{.cursor_offset = 9},
        CursorState{.newest_end = int64_t{1} << 60, .newest_is_final = true}}) {
    ASSERT_TRUE(Open().Save(state).ok());
    EXPECT_EQ(Open().state(), state);
  }
}

TEST(EndOnRecordTest, IsOnlyToldByAWholeFileAndOfWhatSomebodySyncs) {
  const CursorState synced = {.offset_bound = 8, .newest_end = 8};
  EXPECT_EQ(EndOnRecord(synced, 0, 7), 8);
  EXPECT_EQ(EndOnRecord(synced, 1, 7), 0);
  EXPECT_EQ(EndOnRecord(std::nullopt, 2, 7), 0);
  const CursorState unsynced = {.offset_bound = 9, .newest_end = 8};
  EXPECT_EQ(EndOnRecord(unsynced, 0, 7), 0);
  EXPECT_EQ(EndOnRecord(unsynced, 0, 6), 8);
}

TEST_F(CursorFileTest, FallsBackToTheOtherSlot) {
  CursorFile file = Open();
  ASSERT_TRUE(file.Save({1, 0, 0}).ok());
  ASSERT_TRUE(file.Save({2, 0, 0}).ok());
  const bool newest_is_first =
      DecodeCursorSlot(files_.Content(kPath), kId)->state.cursor_offset == 2;
  files_.FlipBit(kPath,
                 newest_is_first ? 100 : CursorFile::kSlotDistance * 8 + 100);
  EXPECT_EQ(Open().state()->cursor_offset, 1);
  EXPECT_EQ(Open().damaged_slots(), 1);
}

TEST_F(CursorFileTest, HasNoStateWithoutAValidSlot) {
  files_.SetContent(kPath, "");
  EXPECT_FALSE(Open().state().has_value());
  ASSERT_TRUE(Open().Save({7, 0, 0}).ok());
  EXPECT_EQ(Open().state()->cursor_offset, 7);
}

TEST_F(CursorFileTest, IsMadeWhenItIsMissing) {
  ASSERT_TRUE(files_.Remove(kPath).ok());
  EXPECT_FALSE(Open().state().has_value());
}

TEST_F(CursorFileTest, IsNotThatOfAnotherLog) {
  EXPECT_FALSE(
      CursorFile::Open(files_, "/log", LogId{1, 3})->state().has_value());
}

TEST_F(CursorFileTest, NeverLosesBothSlotsToPowerAndFailingSyncs) {
  Random random(3);
  int64_t saved = 0;
  CursorFile file = Open();
  for (int64_t i = 1; i < 500; ++i) {
    if (random.Chance(0.3)) {
      files_.FailCall(1 + random.Below(2), absl::UnavailableError("EIO"));
    }
    if (file.Save({i, 0, 0}).ok()) saved = i;
    files_.FailCall(0, absl::OkStatus());
    if (random.Chance(0.3)) {
      files_.Writeback(random, 0.5);
      files_.Crash();
      file = Open();
      ASSERT_TRUE(file.state().has_value());
      ASSERT_GE(file.state()->cursor_offset, saved);
    }
  }
}

}  // namespace
}  // namespace phoenix
