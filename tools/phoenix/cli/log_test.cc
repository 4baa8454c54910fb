#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/testing/test_log.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/commands.h"

namespace phoenix {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class LogCommandTest : public testing::Test {
 protected:
  LogCommandTest() {
    folder_ = testing::TempDir() + "/log-command";
    std::filesystem::remove_all(folder_);
    EmbeddedLogOptions options = TestLogOptions();
    options.folder = folder_;
    auto log = *OpenTestLog(options, PosixFileSystem(), Clock::System());
    for (uint64_t seed = 0; seed < 3; ++seed) {
      const auto stored = AppendAndStore(*log, TestBatch(seed));
      EXPECT_TRUE(stored.ok());
      events_ += (*stored)->size();
    }
  }

  // What it prints; its status is in `exit_code_`.
  std::string Run(std::vector<std::string> args) {
    std::vector<char*> pointers;
    for (std::string& arg : args) pointers.push_back(arg.data());
    testing::internal::CaptureStdout();
    exit_code_ = LogCommand(absl::MakeSpan(pointers));
    return testing::internal::GetCapturedStdout();
  }

  void Damage() {
    std::fstream file(folder_ + "/segments/00000000000000000000.log",
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200);
    file << "damage";
  }

  std::string folder_;
  size_t events_ = 0;
  int exit_code_ = -1;
};

TEST_F(LogCommandTest, TellsHowALogStands) {
  const std::string text = Run({"stats", folder_});
  EXPECT_EQ(exit_code_, kExitOk);
  EXPECT_THAT(text, HasSubstr("pipeline          test\n"));
  EXPECT_THAT(text, HasSubstr("batches           3\n"));
  EXPECT_THAT(text, HasSubstr("cursor            0\n"));
}

TEST_F(LogCommandTest, ChecksALog) {
  EXPECT_EQ(Run({"check", folder_}), "");
  EXPECT_EQ(exit_code_, kExitOk);
  Damage();
  EXPECT_THAT(Run({"check", folder_}), HasSubstr("are corrupt"));
  EXPECT_EQ(exit_code_, kExitFailed);
}

TEST_F(LogCommandTest, DumpsEventsAsCloudEvents) {
  const std::string all = Run({"dump", folder_});
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), events_);
  EXPECT_THAT(all, StartsWith("{\"specversion\":\"1.0\""));
  const std::string two = Run({"dump", folder_, "--from", "1", "--limit=2"});
  EXPECT_EQ(two, all.substr(all.find('\n') + 1).substr(0, two.size()));
  EXPECT_EQ(std::count(two.begin(), two.end(), '\n'), 2);
  EXPECT_EQ(exit_code_, kExitOk);
}

TEST_F(LogCommandTest, RepairsOnlyWhatItIsTold) {
  EXPECT_EQ(Run({"repair", folder_}), "nothing to repair by these flags\n");
  EXPECT_THAT(Run({"repair", folder_, "--rewrite-meta", "b", "--dry-run"}),
              StartsWith("would be done: "));
  EXPECT_THAT(Run({"stats", folder_}), HasSubstr("pipeline          test\n"));
  Run({"repair", folder_, "--rewrite-meta", "b"});
  EXPECT_THAT(Run({"stats", folder_}), HasSubstr("pipeline          b\n"));
}

TEST_F(LogCommandTest, RefusesWhatItDoesNotUnderstand) {
  Run({"stat", folder_});
  EXPECT_EQ(exit_code_, kExitUsage);
  Run({"dump", folder_, "--from", "-3"});
  EXPECT_EQ(exit_code_, kExitUsage);
  Run({"check", folder_ + "/nothing"});
  EXPECT_EQ(exit_code_, kExitNoInput);
}

}  // namespace
}  // namespace phoenix
