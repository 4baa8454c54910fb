#include "libs/component/sink_decorators/stop_signal.h"

#include <thread>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(StopSignalTest, LetsAWaitEnd) {
  StopSignal stop;
  EXPECT_TRUE(stop.WaitFor(absl::ZeroDuration()));
  EXPECT_TRUE(stop.WaitFor(absl::Microseconds(1)));
}

TEST(StopSignalTest, EndsAWaitThatHasBegun) {
  StopSignal stop;
  std::thread stopper([&] { stop.Stop(); });
  EXPECT_FALSE(stop.WaitFor(absl::Hours(24)));
  stopper.join();
}

TEST(StopSignalTest, LetsNoWaitBeginAfterwards) {
  StopSignal stop;
  stop.Stop();
  EXPECT_FALSE(stop.WaitFor(absl::Hours(24)));
}

}  // namespace
}  // namespace phoenix
