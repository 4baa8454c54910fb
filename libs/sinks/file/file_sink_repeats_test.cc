// Events of a log that come to a sink more than once.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/failpoint.h"
#include "libs/base/text.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/file/file_sink.h"
#include "libs/sinks/file/offset_window.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class FileSinkRepeatsTest : public testing::Test {
 protected:
  FileSinkRepeatsTest() { EXPECT_TRUE(sink_.Open().ok()); }

  FileSink MakeSink() {
    PathTemplateError error;
    FileSink::Options options;
    options.name = "out";
    options.path = PathTemplate::Parse(temp_ / "a", error).value();
    options.exactly_once = true;
    options.record = "p.out";
    return FileSink(std::move(options), std::make_unique<NdjsonRowEncoder>(),
                    clock_);
  }

  // Events from `first` to `last`, whose payloads are their offsets.
  OutcomeRecorder Write(int64_t first, int64_t last) {
    std::vector<std::string> payloads;
    for (int64_t i = first; i <= last; ++i) payloads.push_back(Cat(i));
    EventBatch::Columns columns = MakeBatch(payloads)->columns();
    columns.identity = {.log = "orders", .partition = 0, .first_offset = first};
    OutcomeRecorder recorder;
    sink_.Write(AllOf(std::make_shared<EventBatch>(std::move(columns))),
                recorder.Callback());
    return recorder;
  }

  std::vector<std::string> Lines() { return SplitLines(temp_.Read("a")); }

  std::string SaidAtStart() {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(MakeSink().Open().ok());
    return testing::internal::GetCapturedStderr();
  }

  TempDirectory temp_;
  FakeClock clock_;
  FileSink sink_ = MakeSink();
};

TEST_F(FileSinkRepeatsTest, WritesOnceWhatComesTwiceBeforeACommit) {
  const OutcomeRecorder first = Write(0, 2);
  EXPECT_EQ(first.calls(), 0u);
  const OutcomeRecorder second = Write(0, 2);
  EXPECT_THAT(first.names(), Each("delivered")) << "it is on record by now";
  EXPECT_THAT(second.names(),
              ElementsAre("delivered", "delivered", "delivered"));
  ASSERT_TRUE(sink_.Close().ok());
  EXPECT_THAT(Lines(), ElementsAre("0", "1", "2"));
}

TEST_F(FileSinkRepeatsTest, WritesWhatIsNewInABatchThatOverlaps) {
  Write(0, 2);
  const OutcomeRecorder overlapping = Write(1, 4);
  Write(3, 5);
  ASSERT_TRUE(sink_.Close().ok());
  EXPECT_THAT(overlapping.names(), Each("delivered"));
  EXPECT_THAT(Lines(), ElementsAre("0", "1", "2", "3", "4", "5"));
}

TEST_F(FileSinkRepeatsTest, NeverDeliversTheSecondBeforeTheFirstIsOnRecord) {
  for (const char* failpoint :
       {"file.commit.before_sync", "file.commit.before_record",
        "file.record.half_written", "file.commit.after_record"}) {
    const int64_t at = 10 * static_cast<int64_t>(Lines().size());
    const OutcomeRecorder first = Write(at, at);
    const ScopedFailpoints armed(Cat(failpoint, "=error@1"));
    const OutcomeRecorder second = Write(at, at);
    EXPECT_THAT(first.names(), ElementsAre("retry")) << failpoint;
    sink_.Flush();
    EXPECT_THAT(second.names(), ElementsAre("delivered")) << failpoint;
    EXPECT_THAT(Write(at, at).names(), ElementsAre("delivered")) << failpoint;
    EXPECT_EQ(Lines().back(), std::to_string(at)) << failpoint;
  }
  ASSERT_TRUE(sink_.Close().ok());
  EXPECT_THAT(Lines(), ElementsAre("0", "10", "20", "30"));
}

TEST_F(FileSinkRepeatsTest, KeepsOnlySoMuchBeforeACommit) {
  std::vector<OutcomeRecorder> recorders;
  for (size_t page = 0; page < OffsetWindow::kMaxPages; ++page) {
    const int64_t offset = static_cast<int64_t>(page) * OffsetSet::kPageOffsets;
    EXPECT_TRUE(recorders.empty() || recorders.back().calls() == 0);
    recorders.push_back(Write(offset, offset));
  }
  for (const OutcomeRecorder& recorder : recorders) {
    ASSERT_THAT(recorder.names(), ElementsAre("delivered"));
  }
}

TEST_F(FileSinkRepeatsTest, RefusesToStartWithARecordThatIsNone) {
  Write(0, 2);
  ASSERT_TRUE(sink_.Close().ok());
  temp_.Write(".phoenix/p.out", "");
  EXPECT_TRUE(absl::IsDataLoss(MakeSink().Open()));
  EXPECT_THAT(Lines(), ElementsAre("0", "1", "2"));
}

// As when a copy of the folder was put back.
TEST_F(FileSinkRepeatsTest, SaysThatAFileIsShorterThanItsRecord) {
  Write(0, 2);
  ASSERT_TRUE(sink_.Close().ok());
  fs::copy(temp_ / "a", temp_ / "b");
  fs::rename(temp_ / "b", temp_ / "a");
  fs::resize_file(temp_ / "a", 2);
  const std::string said = SaidAtStart();
  EXPECT_THAT(said, HasSubstr("A file is shorter than what was written"));
  EXPECT_THAT(said, HasSubstr("bytes=2 expected_bytes=6"));
}

}  // namespace
}  // namespace phoenix
