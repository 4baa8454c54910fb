#include "libs/sinks/file/file_factory.h"

#include <filesystem>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sinks/file/file.pb.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileFactoryTest : public testing::Test {
 protected:
  FileFactoryTest() { RegisterFileSink(registry_); }

  std::unique_ptr<Sink> Create() {
    BuildContext context{"out", "p", report_, rules_, clock_};
    return registry_.Find("file")->create(config_, context);
  }

  SinkRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sinks::file::v1::File config_;
};

TEST_F(FileFactoryTest, OpensNothing) {
  const TempDirectory directory;
  config_.set_path(directory / "a/b.ndjson");
  EXPECT_NE(Create(), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
  EXPECT_THAT(directory.Files(), IsEmpty());
}

TEST_F(FileFactoryTest, BoundsMemoryByBuffersAndFiles) {
  config_.set_path("a/{type}");
  config_.set_buffer_bytes(4096);
  config_.set_max_open_files(3);
  EXPECT_EQ(Create()->max_memory_bytes(), 3 * 4096u);
  config_.set_path("a");
  EXPECT_EQ(Create()->max_memory_bytes(), 2 * 4096u);
}

TEST_F(FileFactoryTest, PointsIntoAPathThatIsWrong) {
  config_.set_path("x-{type}.ndjson");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("path@2: no directory")));
}

TEST_F(FileFactoryTest, ReportsAllThatIsWrong) {
  config_.set_path("a/%q");
  config_.set_format(sinks::file::v1::FORMAT_CSV);
  config_.add_columns("id");
  config_.add_columns("nonsense");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("path@2"), HasSubstr("columns[1]@0")));
}

TEST_F(FileFactoryTest, WantsColumnsForCsvAndForNothingElse) {
  config_.set_path("a");
  config_.set_format(sinks::file::v1::FORMAT_CSV);
  EXPECT_EQ(Create(), nullptr);
  config_.set_format(sinks::file::v1::FORMAT_NDJSON);
  config_.add_columns("id");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("no columns"), HasSubstr("csv")));
}

TEST_F(FileFactoryTest, TruncatesNoFileThatMayBeOpenedAgain) {
  config_.set_mode(sinks::file::v1::MODE_TRUNCATE);
  config_.set_path("a");
  EXPECT_NE(Create(), nullptr);
  for (const char* path : {"a/{type}", "a-%Y"}) {
    config_.set_path(path);
    EXPECT_EQ(Create(), nullptr) << path;
  }
}

}  // namespace
}  // namespace phoenix
