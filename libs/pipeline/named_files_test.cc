#include "libs/pipeline/named_files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

namespace fs = std::filesystem;

// A folder with `in/a.ndjson` and an empty `out`, which is the working
// directory.
class NamedFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "in");
    fs::create_directories(folder_ / "out");
    std::ofstream(folder_ / "in/a.ndjson") << "{}\n";
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(testing::TempDir());
    fs::remove_all(folder_);
  }

  static bool Overlap(const std::string& glob, const std::string& written) {
    return NamedFiles::ReadBy(glob).Overlap(NamedFiles::WrittenBy(written));
  }
  static bool Same(const std::string& first, const std::string& second) {
    return NamedFiles::WrittenBy(first).SameAs(NamedFiles::WrittenBy(second));
  }

  static bool LieIn(const std::string& written, const std::string& folder) {
    return NamedFiles::WrittenBy(written).CanLieIn(NamedFiles::At(folder));
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "named_files_test";
};

TEST_F(NamedFilesTest, OverlapByPathFromTheWorkingDirectory) {
  EXPECT_TRUE(Overlap("in/*.ndjson", "out/../in/{type}.ndjson"));
  EXPECT_TRUE(Overlap("in/*.ndjson", (folder_ / "in/b.ndjson").string()));
  EXPECT_TRUE(Overlap("*.ndjson", "./b.ndjson"));
  EXPECT_TRUE(Overlap("not/*/../there", "not/there"));
  EXPECT_FALSE(Overlap("in/*.ndjson", "out/{type}.ndjson"));
  EXPECT_FALSE(Overlap("*.ndjson", "in/b.ndjson"));
}

TEST_F(NamedFilesTest, OverlapThroughALinkedFolderWhateverIsInIt) {
  fs::create_directory_symlink("in", "linked");
  EXPECT_TRUE(Overlap("linked/*.ndjson", "in/new-{type}.ndjson"));
  EXPECT_TRUE(Overlap("in/*.ndjson", "linked/deep/../new.ndjson"));
  EXPECT_FALSE(Overlap("linked/*.ndjson", "out/new.ndjson"));
}

TEST_F(NamedFilesTest, OverlapByALinkToAFileOnEitherSide) {
  fs::create_symlink("../out/x.ndjson", "in/link.ndjson");
  fs::create_symlink("../in/a.ndjson", "out/2026.ndjson");
  EXPECT_TRUE(Overlap("in/*.ndjson", "out/x.ndjson"));
  EXPECT_TRUE(Overlap("in/link.ndjson", "out/{type}.ndjson"));
  EXPECT_TRUE(Overlap("in/a.*", "out/%Y.ndjson"));
  EXPECT_TRUE(Overlap("in/a.ndjson", "out/2026.ndjson"));
  EXPECT_FALSE(Overlap("in/a.ndjson", "out/x.ndjson"));
}

TEST_F(NamedFilesTest, LieInAFolderByPathOrLink) {
  fs::create_directory_symlink("in", "linked");
  fs::create_symlink("../in/new", "out/link.csv");
  EXPECT_TRUE(LieIn("in/x", "in"));
  EXPECT_TRUE(LieIn("out/../in/deep/er/x", "./in/"));
  EXPECT_TRUE(LieIn("in", "in"));
  EXPECT_TRUE(LieIn("linked/x-{type}", "in"));
  EXPECT_TRUE(LieIn("in/%Y/x", "linked"));
  EXPECT_TRUE(LieIn("out/link.csv", "in"));
  EXPECT_TRUE(LieIn("out/{type}.csv", "in"));
  EXPECT_FALSE(LieIn("in2/x", "in"));
  EXPECT_FALSE(LieIn("out/x", "in"));
  EXPECT_FALSE(LieIn("x", "in"));
  EXPECT_FALSE(LieIn("in/x", "in/deep"));
}

TEST_F(NamedFilesTest, LieInAFolderIfAValueMaySayIt) {
  EXPECT_TRUE(LieIn("{type}/x", "in"));
  EXPECT_TRUE(LieIn("{type}/{source}/x", "in/segments"));
  EXPECT_FALSE(LieIn("%Y/x", "in"));
  EXPECT_FALSE(LieIn("out/{type}/x", "in"));
}

TEST_F(NamedFilesTest, OverlapByAHardLink) {
  fs::create_hard_link("in/a.ndjson", "out/b.ndjson");
  EXPECT_TRUE(Overlap("in/*.ndjson", "out/b.ndjson"));
  EXPECT_TRUE(Overlap("in/a.ndjson", "out/{type}.ndjson"));
  EXPECT_FALSE(Overlap("in/a.ndjson", "out/c.ndjson"));
}

TEST_F(NamedFilesTest, TakesALinkInACircleAsItIsWritten) {
  fs::create_symlink("round.ndjson", "in/round.ndjson");
  EXPECT_TRUE(Overlap("in/*.ndjson", "in/round.ndjson"));
  EXPECT_FALSE(Overlap("in/*.ndjson", "out/a.ndjson"));
}

TEST_F(NamedFilesTest, TakesCharactersOfAFolderForThemselves) {
  fs::create_directories("odd*[x]");
  fs::create_directory_symlink("odd*[x]", "plain");
  EXPECT_TRUE(Overlap("plain/*.ndjson", "odd*[x]/new.ndjson"));
  EXPECT_FALSE(Overlap("plain/*.ndjson", "oddyx/new.ndjson"));
}

TEST_F(NamedFilesTest, AreTheSameWhenWrittenAlikeOrOneFile) {
  fs::create_hard_link("in/a.ndjson", "out/b.ndjson");
  fs::create_symlink("new.ndjson", "out/link.ndjson");
  EXPECT_TRUE(Same("out/%Y-{type}", "./out/x/../%Y-{type}"));
  EXPECT_TRUE(Same("in/a.ndjson", "out/b.ndjson"));
  EXPECT_TRUE(Same("out/link.ndjson", "out/new.ndjson"));
  EXPECT_FALSE(Same("out/%Y-{type}", "out/%Y-x"));
  EXPECT_FALSE(Same("out/new.ndjson", "out/other.ndjson"));
}

TEST_F(NamedFilesTest, AreNotTheSameForBeingOneDevice) {
  fs::create_symlink("/dev/null", "out/first");
  fs::create_symlink("/dev/zero", "out/second");
  EXPECT_FALSE(Same("out/first", "out/second"));
}

}  // namespace
}  // namespace phoenix
