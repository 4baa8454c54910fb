#include "libs/log/retained/retained_files.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/event/batch_testing.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A log of three segments, the last one being written, with two batches each;
// a minute passes before each batch.
class RetainedFilesTest : public testing::Test {
 protected:
  RetainedFilesTest() {
    log_ = *OpenTestLog(TestLogOptions(), files_, clock_);
    for (uint64_t seed = 0; seed < 6; ++seed) {
      if (seed == 2 || seed == 4) {
        EXPECT_TRUE(log_->Roll().ok());
      }
      clock_.Advance(absl::Minutes(1));
      times_.push_back(clock_.Now());
      const auto batch = AppendAndStore(*log_, TestBatch(seed));
      EXPECT_TRUE(batch.ok()) << batch.status();
      starts_.push_back((*batch)->identity().first_offset);
    }
    starts_.push_back(log_->Stats().next_offset);
  }

  std::unique_ptr<RetainedFiles> Open() {
    auto opened = RetainedFiles::Open("/log", files_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  // The offsets at which the entries of a range begin.
  std::vector<int64_t> StartsIn(const LogRange& range) {
    const auto retained = Open();
    const auto reader = retained->Read(range);
    std::vector<int64_t> starts;
    while (true) {
      const auto entry = reader->Next();
      EXPECT_TRUE(entry.ok()) << entry.status();
      if (!entry.ok() || !*entry) break;
      starts.push_back((*entry)->first_offset);
    }
    unreadable_ = reader->unreadable_stretches();
    return starts;
  }

  std::vector<std::string> SegmentPaths() const {
    std::vector<std::string> found;
    for (const std::string& path : files_.Paths()) {
      if (path.find("/segments/") != std::string::npos) found.push_back(path);
    }
    return found;
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
  std::unique_ptr<EmbeddedLog> log_;
  std::vector<int64_t> starts_;  // Of the batches, and the end.
  std::vector<absl::Time> times_;
  uint64_t unreadable_ = 0;
};

TEST_F(RetainedFilesTest, ReadsAllOfALogThatAnotherHasOpen) {
  const auto retained = Open();
  EXPECT_EQ(retained->pipeline(), "test");
  EXPECT_EQ(retained->first_offset(), 0);
  EXPECT_EQ(retained->end_offset(), starts_[6]);
  EXPECT_THAT(StartsIn({}), ElementsAre(starts_[0], starts_[1], starts_[2],
                                        starts_[3], starts_[4], starts_[5]));
  EXPECT_EQ(unreadable_, 0u);
}

TEST_F(RetainedFilesTest, GivesEventsWithIdentityLaneAndTime) {
  const auto retained = Open();
  const auto reader = retained->Read({.from_offset = starts_[3]});
  const auto entry = reader->Next();
  ASSERT_TRUE(entry.ok() && entry->has_value()) << entry.status();
  EXPECT_EQ((*entry)->batch->identity().first_offset, starts_[3]);
  EXPECT_EQ((*entry)->append_time, times_[3]);
  EXPECT_EQ(DescribeEvents(*(*entry)->batch), DescribeEvents(*TestBatch(3)));
  EXPECT_EQ(reader->position(), starts_[4]);
}

TEST_F(RetainedFilesTest, KeepsToTheOffsetsOfARange) {
  EXPECT_THAT(
      StartsIn({.from_offset = starts_[2] - 1, .to_offset = starts_[3] + 1}),
      ElementsAre(starts_[1], starts_[2], starts_[3]));
  EXPECT_THAT(StartsIn({.from_offset = starts_[2], .to_offset = starts_[2]}),
              IsEmpty());
  EXPECT_THAT(StartsIn({.from_offset = starts_[6]}), IsEmpty());
}

TEST_F(RetainedFilesTest, KeepsToTheTimesOfARange) {
  EXPECT_THAT(StartsIn({.from_time = times_[1], .to_time = times_[4]}),
              ElementsAre(starts_[1], starts_[2], starts_[3]));
  EXPECT_THAT(StartsIn({.from_time = times_[5] + absl::Seconds(1)}), IsEmpty());
  EXPECT_THAT(StartsIn({.to_time = times_[0]}), IsEmpty());
}

TEST_F(RetainedFilesTest, DoesNotSeeWhatIsAppendedLater) {
  const auto retained = Open();
  ASSERT_TRUE(AppendAndStore(*log_, TestBatch(7)).ok());
  const auto reader = retained->Read({.from_offset = starts_[5]});
  EXPECT_TRUE((*reader->Next()).has_value());
  EXPECT_FALSE((*reader->Next()).has_value());
  EXPECT_FALSE((*reader->Next()).has_value());
}

TEST_F(RetainedFilesTest, PassesOverASegmentThatWasDeletedMeanwhile) {
  const auto retained = Open();
  ASSERT_TRUE(files_.Remove(SegmentPaths().front()).ok());
  const auto reader = retained->Read({});
  const auto entry = reader->Next();
  ASSERT_TRUE(entry.ok() && entry->has_value()) << entry.status();
  EXPECT_EQ((*entry)->first_offset, starts_[2]);
  EXPECT_EQ(reader->unreadable_stretches(), 1u);
}

TEST_F(RetainedFilesTest, PassesOverADamagedRecordAndCountsIt) {
  files_.FlipBit(SegmentPaths()[1], 150 * 8);
  EXPECT_THAT(StartsIn({}), ElementsAre(starts_[0], starts_[1], starts_[3],
                                        starts_[4], starts_[5]));
  EXPECT_EQ(unreadable_, 1u);
}

TEST_F(RetainedFilesTest, EndsBeforeARecordThatIsBeingWritten) {
  const std::string path = SegmentPaths().back();
  std::string content = files_.Content(path);
  const size_t end = content.find_last_not_of('\0') + 1;
  std::fill(content.begin() + static_cast<ptrdiff_t>(end) - 4, content.end(),
            '\0');
  files_.SetContent(path, content);
  EXPECT_THAT(StartsIn({.from_offset = starts_[4]}), ElementsAre(starts_[4]));
  EXPECT_EQ(Open()->end_offset(), starts_[5]);
}

TEST_F(RetainedFilesTest, ChangesNothing) {
  std::vector<std::string> before;
  for (const auto& path : files_.Paths()) {
    before.push_back(path + files_.Content(path));
  }
  StartsIn({});
  std::vector<std::string> after;
  for (const auto& path : files_.Paths()) {
    after.push_back(path + files_.Content(path));
  }
  EXPECT_TRUE(before == after);
}

TEST_F(RetainedFilesTest, SaysThatThereIsNoLog) {
  const auto opened = RetainedFiles::Open("/other", files_);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(opened.status().message()),
              HasSubstr("log folder '/other' holds no log: expected"));
}

TEST_F(RetainedFilesTest, HoldsALogThatNobodyHas) {
  EXPECT_EQ(HoldLog("/log", files_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(log_->Close().ok());
  log_.reset();
  const auto held = HoldLog("/log", files_);
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_FALSE(OpenTestLog(TestLogOptions(), files_, clock_).ok());
}

TEST(EmptyRetainedFilesTest, HasNothing) {
  SimulatedFileSystem files;
  FakeClock clock;
  const auto log = *OpenTestLog(TestLogOptions(), files, clock);
  const auto retained = RetainedFiles::Open("/log", files);
  ASSERT_TRUE(retained.ok()) << retained.status();
  EXPECT_TRUE((*retained)->empty());
  EXPECT_EQ((*retained)->end_offset(), 0);
  EXPECT_FALSE((*(*retained)->Read({})->Next()).has_value());
}

}  // namespace
}  // namespace phoenix
