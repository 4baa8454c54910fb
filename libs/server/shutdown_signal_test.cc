#include "libs/server/shutdown_signal.h"

#include <unistd.h>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ShutdownSignalTest, ReportsThatNoSignalCame) {
  ShutdownSignal shutdown;
  EXPECT_FALSE(shutdown.WaitFor(absl::ZeroDuration()));
}

TEST(ShutdownSignalTest, ReportsATermination) {
  ShutdownSignal shutdown;
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(shutdown.WaitFor(absl::Seconds(30)));
}

TEST(ShutdownSignalTest, ReportsAnInterrupt) {
  ShutdownSignal shutdown;
  kill(getpid(), SIGINT);
  EXPECT_TRUE(shutdown.WaitFor(absl::Seconds(30)));
}

TEST(ShutdownSignalDeathTest, EndsTheProcessOnASecondSignal) {
  EXPECT_EXIT(
      {
        ShutdownSignal shutdown;
        kill(getpid(), SIGTERM);
        if (!shutdown.WaitFor(absl::Seconds(30))) _exit(1);
        shutdown.ExitOnNext();
        kill(getpid(), SIGTERM);
        pause();
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "");
}

}  // namespace
}  // namespace phoenix
