// How long what is final is kept: see EmbeddedLogOptions::retain_age.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() { options_.retain_age = absl::Seconds(80); }

  void Open() {
    log_ = nullptr;
    auto log = OpenTestLog(options_, files_, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  void AppendAndSettle() {
    ASSERT_TRUE(AppendAndStore(*log_, TestBatch(1)).ok());
    ASSERT_TRUE(log_->SetCursor(0, log_->Stats().next_offset).ok());
  }

  void Pass(absl::Duration time) {
    for (; time > absl::ZeroDuration(); time -= absl::Seconds(1)) {
      clock_.Advance(absl::Seconds(1));
      log_->Step();
    }
  }

  // Of the oldest entry; negative when there is none.
  absl::Duration OldestAge() {
    auto reader = *log_->Read(0, 0);
    const auto first = reader->Next();
    EXPECT_TRUE(first.ok()) << first.status();
    if (!first.ok() || !first->has_value()) return absl::Seconds(-1);
    return clock_.Now() - (*first)->append_time;
  }

  EmbeddedLogOptions options_ = TestLogOptions();
  SimulatedFileSystem files_;
  FakeClock clock_;
  std::unique_ptr<EmbeddedLog> log_;
};

TEST_F(RetentionTest, KeepsNothingLongerThanItIsToldNorMuchLess) {
  Open();
  absl::Duration least = absl::InfiniteDuration();
  for (int i = 0; i < 200; ++i) {
    AppendAndSettle();
    Pass(absl::Seconds(3));
    ASSERT_LE(OldestAge(), options_.retain_age);
    if (i > 40) least = std::min(least, OldestAge());
  }
  EXPECT_GE(least, 0.7 * options_.retain_age);
}

TEST_F(RetentionTest, DeletesWhileNothingComes) {
  Open();
  AppendAndSettle();
  Pass(options_.retain_age / 2);
  EXPECT_GE(OldestAge(), absl::ZeroDuration());
  Pass(options_.retain_age / 2);
  EXPECT_LT(OldestAge(), absl::ZeroDuration());
  EXPECT_EQ(log_->Stats().segments, 0u);
}

TEST_F(RetentionTest, KeepsWhatIsNotFinalHoweverOld) {
  Open();
  ASSERT_TRUE(AppendAndStore(*log_, TestBatch(1)).ok());
  Pass(3 * options_.retain_age);
  EXPECT_GE(OldestAge(), 3 * options_.retain_age);
}

TEST_F(RetentionTest, CountsTheTimeInWhichTheLogWasClosed) {
  Open();
  AppendAndSettle();
  ASSERT_TRUE(log_->Close().ok());
  clock_.Advance(options_.retain_age);
  Open();
  log_->Step();
  EXPECT_EQ(log_->Stats().segments, 0u);
}

TEST_F(RetentionTest, GoesByTheLastRecordWhereAHeaderIsDamaged) {
  Open();
  AppendAndSettle();
  ASSERT_TRUE(log_->Close().ok());
  files_.FlipBit("/log/segments/" + SegmentFileName(0), 8 * 44);
  clock_.Advance(options_.retain_age / 2);
  Open();
  log_->Step();
  EXPECT_EQ(log_->Stats().segments, 1u);
  Pass(options_.retain_age / 2);
  EXPECT_EQ(log_->Stats().segments, 0u);
}

TEST_F(RetentionTest, SealsNothingWithoutAnAge) {
  options_.retain_age = absl::InfiniteDuration();
  Open();
  AppendAndSettle();
  Pass(absl::Minutes(10));
  AppendAndSettle();
  EXPECT_EQ(log_->Stats().segments, 1u);
}

}  // namespace
}  // namespace phoenix
