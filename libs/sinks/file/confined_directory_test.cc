#include "libs/sinks/file/confined_directory.h"

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class ConfinedDirectoryTest : public testing::Test {
 protected:
  absl::StatusOr<OpenedFile> OpenFile(const std::string& relative,
                                      bool truncate = false,
                                      bool follow = false) {
    ConfinedDirectory directory(
        {.path = temp_.path(), .follow_last_link = follow});
    EXPECT_TRUE(directory.Open().ok());
    return directory.OpenFile(relative, truncate);
  }

  TempDirectory temp_;
};

TEST_F(ConfinedDirectoryTest, MakesDirectoriesThatAreMissing) {
  ConfinedDirectory directory({.path = temp_ / "a/b//c/"});
  ASSERT_TRUE(directory.Open().ok());
  const auto file = directory.OpenFile("d/e.txt", false);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(fs::exists(temp_ / "a/b/c/d/e.txt"));
  EXPECT_EQ(file->name, "e.txt");
  EXPECT_EQ(file->size, 0u);
}

TEST_F(ConfinedDirectoryTest, TellsHowAFileEnds) {
  temp_.Write("whole", "a\n");
  temp_.Write("torn", "a\nb");
  EXPECT_TRUE(OpenFile("whole")->ends_in_line);
  EXPECT_FALSE(OpenFile("torn")->ends_in_line);
  EXPECT_EQ(OpenFile("torn")->size, 3u);
}

TEST_F(ConfinedDirectoryTest, EmptiesAFileOnlyIfTold) {
  temp_.Write("a", "old\n");
  EXPECT_EQ(OpenFile("a", false)->size, 4u);
  EXPECT_EQ(OpenFile("a", true)->size, 0u);
  EXPECT_EQ(temp_.Read("a"), "");
}

TEST_F(ConfinedDirectoryTest, RefusesASecondWriter) {
  const auto first = OpenFile("a");
  ASSERT_TRUE(first.ok());
  const auto second = OpenFile("a");
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("another process or sink"));
}

TEST_F(ConfinedDirectoryTest, DoesNotEmptyAFileThatAnotherWrites) {
  temp_.Write("a", "precious\n");
  const auto first = OpenFile("a");
  EXPECT_FALSE(OpenFile("a", true).ok());
  EXPECT_EQ(temp_.Read("a"), "precious\n");
}

TEST_F(ConfinedDirectoryTest, RefusesWhatIsNoRegularFile) {
  fs::create_directory(temp_ / "directory");
  ASSERT_EQ(mkfifo((temp_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(OpenFile("directory").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(OpenFile("pipe").status().message()),
              HasSubstr("not a regular file"));
}

TEST_F(ConfinedDirectoryTest, RefusesNamesThatAreNone) {
  for (const std::string& name :
       {std::string(".."), std::string("."), std::string(""),
        std::string("a/../b"), std::string("/etc/x"), std::string("a//b"),
        std::string("a\0b", 3)}) {
    EXPECT_EQ(OpenFile(name).status().code(),
              absl::StatusCode::kInvalidArgument)
        << name;
  }
}

TEST_F(ConfinedDirectoryTest, FollowsALastLinkOnlyIfTold) {
  temp_.Write("target", "");
  fs::create_symlink("target", temp_ / "link");
  EXPECT_FALSE(OpenFile("link").ok());
  EXPECT_TRUE(OpenFile("link", false, true).ok());
}

TEST_F(ConfinedDirectoryTest, SaysWhyADirectoryCantBeOpened) {
  temp_.Write("file", "");
  ConfinedDirectory directory({.path = temp_ / "file/below"});
  const absl::Status status = directory.Open();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("file/below"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("Not a directory"));
}

TEST_F(ConfinedDirectoryTest, KnowsWhatIsThere) {
  temp_.Write("file", "");
  fs::create_symlink("nowhere", temp_ / "link");
  ConfinedDirectory directory({.path = temp_.path()});
  ASSERT_TRUE(directory.Open().ok());
  EXPECT_TRUE(directory.Contains("file"));
  EXPECT_TRUE(directory.Contains("link"));
  EXPECT_FALSE(directory.Contains("other"));
}

// Takes from the process, while it lives, what lets root write anywhere.
class WithoutOverride {
 public:
  WithoutOverride() {
    syscall(SYS_capget, &header_, before_);
    __user_cap_data_struct less[2] = {before_[0], before_[1]};
    less[0].effective &= ~(1u << CAP_DAC_OVERRIDE);
    syscall(SYS_capset, &header_, less);
  }
  ~WithoutOverride() { syscall(SYS_capset, &header_, before_); }

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct before_[2] = {};
};

TEST_F(ConfinedDirectoryTest, KnowsWhetherItCanBeWrittenTo) {
  ConfinedDirectory directory({.path = temp_.path()});
  ASSERT_TRUE(directory.Open().ok());
  EXPECT_TRUE(directory.CheckWritable().ok());
  fs::permissions(temp_.path(), fs::perms(0555));
  const WithoutOverride ordinary;
  const absl::Status status = directory.CheckWritable();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_EQ(
      status.message().find("cannot write to directory '" + temp_.path() + "'"),
      0u)
      << status;
}

TEST_F(ConfinedDirectoryTest, OpensAPathInTheWorkingDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(temp_.path());
  ConfinedDirectory directory({.path = "."});
  EXPECT_TRUE(directory.Open().ok());
  const auto file = directory.OpenFile("x", false);
  fs::current_path(before);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->path, "x");
}

}  // namespace
}  // namespace phoenix
