// Files in a log's folder that are not what their names say: opening and
// `phoenix log` name the file and what to do, and leave it alone.
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/log_repair.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kSegment[] = "/log/segments/00000000000000000000.log";

class ForeignSegmentTest : public testing::Test {
 protected:
  ForeignSegmentTest() {
    auto log = *OpenTestLog(TestLogOptions(), files_, clock_);
    EXPECT_TRUE(AppendAndStore(*log, TestBatch(1)).ok());
  }

  std::string OpenError() {
    const absl::Status status =
        OpenTestLog(TestLogOptions(), files_, clock_).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    return std::string(status.message());
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
};

TEST_F(ForeignSegmentTest, OfANewerVersionIsLeftAlone) {
  std::string content = files_.Content(kSegment);
  SegmentHeader header = *DecodeSegmentHeader(content);
  header.version = kLogFormatVersion + 1;
  content.replace(0, SegmentHeader::kBytes, EncodeSegmentHeader(header));
  files_.SetContent(kSegment, content);

  const auto says_so =
      AllOf(HasSubstr("segment '00000000000000000000.log': format 2 is newer"),
            HasSubstr("run the version of phoenix that wrote it"));
  EXPECT_THAT(OpenError(), says_so);
  const absl::Status checked = CheckLog(files_, "/log").status();
  EXPECT_THAT(std::string(checked.message()), says_so);
  LogRepair repair;
  repair.accept_missing = true;
  EXPECT_FALSE(RepairLog(files_, "/log", repair).ok());
  EXPECT_EQ(files_.Content(kSegment), content);
}

TEST_F(ForeignSegmentTest, ThatWasRenamedIsToGetItsNameBack) {
  files_.SetContent("/log/segments/00000000000000000005.log",
                    files_.Content(kSegment));
  EXPECT_THAT(OpenError(),
              AllOf(HasSubstr("give it its name '00000000000000000000.log'"),
                    HasSubstr("move it away")));
}

class FolderInsteadTest : public testing::TestWithParam<const char*> {};

TEST_P(FolderInsteadTest, IsToBeMovedAway) {
  EmbeddedLogOptions options = TestLogOptions();
  options.folder = testing::TempDir() + "/folder-instead";
  std::filesystem::remove_all(options.folder);
  Clock& clock = Clock::System();
  ASSERT_TRUE(OpenTestLog(options, PosixFileSystem(), clock).ok());
  const std::string path = options.folder + "/" + GetParam();
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  const absl::Status status =
      OpenTestLog(options, PosixFileSystem(), clock).status();
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(GetParam()),
                    HasSubstr("Is a directory: move it out of the log's")));
}

INSTANTIATE_TEST_SUITE_P(Some, FolderInsteadTest,
                         testing::Values("cursor",
                                         "segments/00000000000000000007.log"));

TEST(FileInsteadOfSegmentsTest, IsToBeMovedAway) {
  EmbeddedLogOptions options = TestLogOptions();
  options.folder = testing::TempDir() + "/file-instead";
  std::filesystem::remove_all(options.folder);
  Clock& clock = Clock::System();
  ASSERT_TRUE(OpenTestLog(options, PosixFileSystem(), clock).ok());
  std::filesystem::remove(options.folder + "/segments");
  std::filesystem::copy_file(options.folder + "/META",
                             options.folder + "/segments");
  const absl::Status status =
      OpenTestLog(options, PosixFileSystem(), clock).status();
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("Not a directory: move it out of the log's folder"));
}

}  // namespace
}  // namespace phoenix
