#include "libs/sinks/file/file_writer.h"

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/sinks/testing/file_size_limit.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FileWriterTest : public testing::Test {
 protected:
  FileWriterTest() : directory_({.path = temp_.path()}) {
    EXPECT_TRUE(directory_.Open().ok());
  }

  FileWriter& Open() {
    writer_.emplace(options_, directory_, clock_, "a.log");
    EXPECT_TRUE(writer_->Open().ok());
    return *writer_;
  }

  // Puts lines of one write.
  OutcomeRecorder Put(const std::vector<std::string>& lines) {
    OutcomeRecorder recorder;
    Selection rows;
    SelectAll(lines.size(), rows);
    auto write = std::make_shared<WriteInProgress>(
        lines.size(), std::move(rows), "out", recorder.Callback());
    for (size_t i = 0; i < lines.size(); ++i) writer_->Put(lines[i], write, i);
    return recorder;
  }

  TempDirectory temp_;
  FakeClock clock_;
  ConfinedDirectory directory_;
  FileWriter::Options options_;
  std::optional<FileWriter> writer_;
};

TEST_F(FileWriterTest, SettlesWhenTheBufferIsWritten) {
  Open();
  const OutcomeRecorder recorder = Put({"one", "two"});
  EXPECT_EQ(recorder.calls(), 0u);
  EXPECT_EQ(temp_.Read("a.log"), "");
  writer_->Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("delivered", "delivered"));
  EXPECT_EQ(temp_.Read("a.log"), "one\ntwo\n");
  EXPECT_EQ(writer_->bytes_written(), 8u);
}

TEST_F(FileWriterTest, WritesAFullBufferByItself) {
  options_.buffer_bytes = 10;
  Open();
  const OutcomeRecorder first = Put({"12345"});
  const OutcomeRecorder second = Put({"abcde"});
  EXPECT_EQ(first.calls(), 1u);
  EXPECT_EQ(second.calls(), 0u);
  EXPECT_EQ(temp_.Read("a.log"), "12345\n");
}

TEST_F(FileWriterTest, WritesALineThatIsLargerThanTheBuffer) {
  options_.buffer_bytes = 8;
  Open();
  const std::string large(100, 'x');
  const OutcomeRecorder recorder = Put({"a", large, "b"});
  writer_->Flush();
  EXPECT_EQ(recorder.calls(), 1u);
  EXPECT_EQ(temp_.Read("a.log"), "a\n" + large + "\nb\n");
}

TEST_F(FileWriterTest, FillsTheBufferToTheLastByte) {
  options_.buffer_bytes = 8;
  Open();
  Put({"1234567", "abc", "def"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "1234567\nabc\ndef\n");
}

TEST_F(FileWriterTest, BeginsANewFileWhenSomebodyRenamedItsOwn) {
  options_.header = "h";
  options_.truncate = true;
  Open();
  Put({"1"});
  writer_->Flush();
  std::filesystem::rename(temp_ / "a.log", temp_ / "a.log.1");
  Put({"2"});
  writer_->Flush();
  clock_.Advance(FileWriter::kLookInterval);
  writer_->Flush();
  Put({"3"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log.1"), "h\n1\n2\n");
  EXPECT_EQ(temp_.Read("a.log"), "h\n3\n");
}

TEST_F(FileWriterTest, WritesOnToAFileThatWasPutInPlaceOfItsOwn) {
  options_.truncate = true;
  Open();
  Put({"1"});
  writer_->Flush();
  std::filesystem::remove(temp_ / "a.log");
  temp_.Write("a.log", "theirs\n");
  clock_.Advance(FileWriter::kLookInterval);
  writer_->Flush();
  Put({"2"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "theirs\n2\n");
}

TEST_F(FileWriterTest, LeavesAFileThatIsNotItsOwnWhereItIs) {
  options_.rotate_bytes = 4;
  Open();
  Put({"1"});
  writer_->Flush();
  std::filesystem::remove(temp_ / "a.log");
  temp_.Write("a.log", "");
  const OutcomeRecorder recorder = Put({"234"});
  writer_->Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("delivered"));
  EXPECT_EQ(temp_.Read("a.log"), "234\n");
}

TEST_F(FileWriterTest, AppendsToWhatIsThere) {
  temp_.Write("a.log", "old\n");
  Open();
  Put({"new"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "old\nnew\n");
}

TEST_F(FileWriterTest, CutsOffHalfALineOfJson) {
  temp_.Write("a.log", "1\n{\"hal");
  Open();
  Put({"2"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "1\n2\n");
}

TEST_F(FileWriterTest, EndsALineThatOnlyLacksItsEnd) {
  temp_.Write("a.log", "1\n{}");
  Open();
  Put({"2"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "1\n{}\n2\n");
}

TEST_F(FileWriterTest, DoesNotGlueALineToHalfALineThatIsNoJson) {
  options_.json_lines = false;
  temp_.Write("a.log", "old\nhal");
  Open();
  Put({"new"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "old\nhal\nnew\n");
}

TEST_F(FileWriterTest, WritesAHeaderToANewFileOnly) {
  options_.header = "a,b";
  Open();
  Put({"1,2"});
  writer_->Flush();
  writer_.reset();
  Open();
  Put({"3,4"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "a,b\n1,2\n3,4\n");
}

TEST_F(FileWriterTest, PutsAFullFileAside) {
  options_.rotate_bytes = 12;
  options_.header = "h";
  Open();
  Put({"1234", "5678", "9abc"});
  writer_->Flush();
  EXPECT_EQ(temp_.Files(),
            std::set<std::string>({"a.log", "a.20231114T221320Z.log"}));
  EXPECT_EQ(temp_.Read("a.20231114T221320Z.log"), "h\n1234\n5678\n");
  EXPECT_EQ(temp_.Read("a.log"), "h\n9abc\n");
  EXPECT_EQ(writer_->rotations(), 1u);
}

TEST_F(FileWriterTest, NeverPutsAFileOverAnother) {
  options_.rotate_bytes = 4;
  Open();
  Put({"1111", "2222", "3333"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.20231114T221320Z.log"), "1111\n");
  EXPECT_EQ(temp_.Read("a.20231114T221320Z-1.log"), "2222\n");
  EXPECT_EQ(temp_.Read("a.log"), "3333\n");
}

TEST_F(FileWriterTest, PutsAnOldFileAside) {
  options_.rotate_interval = absl::Hours(1);
  Open();
  Put({"first"});
  clock_.Advance(absl::Minutes(59));
  writer_->Flush();
  EXPECT_EQ(temp_.Files().size(), 1u);
  clock_.Advance(absl::Minutes(1));
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.20231114T231320Z.log"), "first\n");
  EXPECT_EQ(temp_.Files().size(), 1u);
  Put({"second"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "second\n");
}

TEST_F(FileWriterTest, LeavesNoHalfLineWhenAWriteFails) {
  options_.buffer_bytes = 64;
  Open();
  const OutcomeRecorder before = Put({"whole"});
  writer_->Flush();
  {
    FileSizeLimit limit(20);
    const OutcomeRecorder failed = Put({"1234567890", "abcdefghij"});
    writer_->Flush();
    EXPECT_THAT(failed.names(), ElementsAre("rejected", "rejected"));
    ASSERT_EQ(failed.outcome().details().size(), 2u);
    const absl::Status why = failed.outcome().details()[0].status;
    EXPECT_THAT(std::string(why.message()), HasSubstr("File too large"));
    EXPECT_THAT(std::string(why.message()), HasSubstr("a.log"));
  }
  EXPECT_EQ(temp_.Read("a.log"), "whole\n");
  const OutcomeRecorder after = Put({"again"});
  writer_->Flush();
  EXPECT_THAT(after.names(), ElementsAre("delivered"));
  EXPECT_EQ(temp_.Read("a.log"), "whole\nagain\n");
}

TEST_F(FileWriterTest, FailsTheRestOfAWriteOnceARowOfItFailed) {
  options_.buffer_bytes = 8;
  Open();
  FileSizeLimit limit(12);
  const OutcomeRecorder recorder =
      Put({"1234567", "abcdefg", "12", "34", "56"});
  writer_->Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("delivered", "rejected", "rejected",
                                            "rejected", "rejected"));
  EXPECT_EQ(temp_.Read("a.log"), "1234567\n");
}

TEST_F(FileWriterTest, WritesTheHeaderAgainWhenItWasLostWithTheBuffer) {
  options_.header = "head";
  Open();
  {
    FileSizeLimit limit(2);
    Put({"row"});
    writer_->Flush();
  }
  Put({"row"});
  writer_->Flush();
  EXPECT_EQ(temp_.Read("a.log"), "head\nrow\n");
}

TEST(RotatedNameTest, PutsTheTimeBeforeTheLastDot) {
  const absl::Time time = absl::FromUnixSeconds(0);
  EXPECT_EQ(RotatedName("a.b.csv", time, 0), "a.b.19700101T000000Z.csv");
  EXPECT_EQ(RotatedName("a", time, 2), "a.19700101T000000Z-2");
  EXPECT_EQ(RotatedName(".a", time, 0), ".a.19700101T000000Z");
}

TEST(OutcomeOfFailureTest, TellsWhatMayWorkLater) {
  EXPECT_EQ(OutcomeOfFailure(absl::ResourceExhaustedError("full")),
            Outcome::kRetry);
  EXPECT_EQ(OutcomeOfFailure(absl::UnavailableError("device")),
            Outcome::kRetry);
  EXPECT_EQ(OutcomeOfFailure(absl::PermissionDeniedError("no")),
            Outcome::kRejected);
  EXPECT_EQ(OutcomeOfFailure(absl::FailedPreconditionError("directory")),
            Outcome::kRejected);
}

}  // namespace
}  // namespace phoenix
