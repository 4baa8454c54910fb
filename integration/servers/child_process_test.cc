#include "integration/servers/child_process.h"

#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/server_folder.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class ChildProcessTest : public testing::Test {
 protected:
  ChildProcess::Options Command(std::vector<std::string> words) {
    return {.command = std::move(words),
            .directory = folder_.path(),
            .log_file = folder_ / "log"};
  }

  ServerFolder folder_;
};

TEST_F(ChildProcessTest, RunsUntilItIsKilled) {
  auto process = ChildProcess::Start(Command({"sleep", "1000"}));
  ASSERT_TRUE(process.ok());
  EXPECT_TRUE(process->Running());
  process->Kill();
  EXPECT_FALSE(process->Running());
}

TEST_F(ChildProcessTest, IsGoneWithItsObject) {
  pid_t pid = 0;
  {
    auto process = ChildProcess::Start(Command({"sleep", "1000"}));
    ASSERT_TRUE(process.ok());
    pid = process->pid();
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_NE(kill(pid, 0), 0);
}

// Whether there is such a process, and it is no zombie.
bool Lives(const std::string& pid) {
  std::ifstream stat("/proc/" + pid + "/stat");
  std::string text;
  std::getline(stat, text);
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

TEST_F(ChildProcessTest, DiesWithTheProcessThatStartedIt) {
  EXPECT_EXIT(
      {
        auto process = ChildProcess::Start(Command({"sleep", "1000"}));
        std::ofstream(folder_ / "pid") << process->pid() << std::flush;
        raise(SIGKILL);
      },
      testing::KilledBySignal(SIGKILL), "");
  std::string pid;
  std::ifstream(folder_ / "pid") >> pid;
  ASSERT_FALSE(pid.empty());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (Lives(pid) && absl::Now() < deadline) sched_yield();
  EXPECT_FALSE(Lives(pid));
}

TEST_F(ChildProcessTest, GivesTheEndOfTheLogOfWhatFailed) {
  EXPECT_TRUE(RunToEnd(Command({"true"})).ok());
  const absl::Status failed =
      RunToEnd(Command({"sh", "-c", "echo something is wrong; exit 3"}));
  EXPECT_THAT(failed.message(), HasSubstr("something is wrong"));
}

TEST_F(ChildProcessTest, SaysThatAProgramIsNotThere) {
  EXPECT_FALSE(RunToEnd(Command({"there-is-no-such-program"})).ok());
}

TEST_F(ChildProcessTest, SaysThatAUserIsNotThere) {
  if (geteuid() != 0) return;
  ChildProcess::Options command = Command({"true"});
  command.user = "there-is-no-such-user";
  EXPECT_EQ(ChildProcess::Start(command).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace phoenix
