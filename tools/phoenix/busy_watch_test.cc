#include "tools/phoenix/busy_watch.h"

#include "gtest/gtest.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

class BusyWatchTest : public ::testing::Test {
 protected:
  BusyWatchTest() {
    watch_.Add(staged_);
    watch_.Add(archive_);
    watch_.Busiest();
  }

  FakeClock clock_;
  MetricsRegistry registry_;
  ComponentMetrics staged_{
      registry_,
      {.kind = ComponentKind::kStep, .type = "map", .name = "staged"}};
  ComponentMetrics archive_{
      registry_,
      {.kind = ComponentKind::kSink, .type = "file", .name = "archive"}};
  BusyWatch watch_{clock_};
};

TEST_F(BusyWatchTest, IsSilentWhenNothingWorks) {
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(watch_.Busiest(), "");
}

TEST_F(BusyWatchTest, NamesWhatWorkedMostSinceTheLastLook) {
  staged_.Processed(absl::Milliseconds(400));
  archive_.Processed(absl::Milliseconds(100));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(watch_.Busiest(), "step 'staged' (40 % of a core)");
}

TEST_F(BusyWatchTest, ForgetsWhatWasBefore) {
  staged_.Processed(absl::Milliseconds(400));
  clock_.Advance(absl::Seconds(1));
  watch_.Busiest();
  archive_.Processed(absl::Milliseconds(100));
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(watch_.Busiest(), "sink 'archive' (5 % of a core)");
}

}  // namespace
}  // namespace phoenix
