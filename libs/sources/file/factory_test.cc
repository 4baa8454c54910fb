#include "libs/sources/file/factory.h"

#include <filesystem>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sources/file/file_source.pb.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A source that follows, unless a test says otherwise.
class FileFactoryTest : public testing::Test {
 protected:
  FileFactoryTest() {
    RegisterFileSource(registry_);
    config_.set_follow(true);
  }

  std::unique_ptr<Source> Create(const std::string& path) {
    config_.set_path(path);
    BuildContext context{"in", "p", report_, rules_, clock_};
    return registry_.Find("file")->create(config_, context);
  }

  SourceRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sources::file::v1::FileSource config_;
};

TEST_F(FileFactoryTest, RefusesAPatternThatCanFindNothing) {
  EXPECT_EQ(Create("in/**"), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre("path@0: path 'in/**' has '**', which is not known: "
                          "expected files, such as 'in/*.ndjson'"));
}

TEST_F(FileFactoryTest, RefusesAPatternThatFindsThePositionsByDefault) {
  EXPECT_EQ(Create("./*"), nullptr);
  EXPECT_EQ(Create(std::filesystem::absolute("*.positions")), nullptr);
  EXPECT_THAT(
      report_.errors,
      ElementsAre("path@0: path './*' finds 'p-in.positions', in which the "
                  "source keeps its position: expected other files, or a "
                  "'state_path' elsewhere",
                  testing::HasSubstr("finds 'p-in.positions'")));
}

TEST_F(FileFactoryTest, TakesAPatternThatDoesNotFindThePositions) {
  EXPECT_NE(Create("*.ndjson"), nullptr);
  EXPECT_NE(Create("in/*"), nullptr);
  config_.set_state_path("/var/lib/phoenix/in");
  EXPECT_NE(Create("*"), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
}

TEST_F(FileFactoryTest, KeepsNoPositionOfFilesThatItReadsOnce) {
  config_.set_follow(false);
  EXPECT_NE(Create("*"), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
}

}  // namespace
}  // namespace phoenix
