#include "libs/component/sink_decorators/sink_monitor.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Status kDown = absl::UnavailableError("connection refused");

class SinkMonitorTest : public testing::Test {
 protected:
  SinkMonitorTest() { health_.SetReady("sink 'out'"); }

  void FailInARow(int attempts) {
    for (int i = 0; i < attempts; ++i) {
      monitor_.OnWait(kDown, absl::ZeroDuration());
    }
  }

  double Sum(const MetricSpec& metric,
             const MetricsSnapshot::Where& where = {}) const {
    return registry_.Snapshot().Sum(metric, where);
  }

  MetricsRegistry registry_;
  HealthRegistry health_;
  SinkMonitor monitor_{
      {.kind = ComponentKind::kSink, .type = "http", .name = "out"},
      registry_,
      health_};
};

TEST_F(SinkMonitorTest, PublishesEveryFamilyAtZero) {
  for (const MetricSpec* spec :
       {&metric::kSinkWriteAttempts, &metric::kSinkFailedWriteAttempts,
        &metric::kSinkRetriedEvents, &metric::kSinkFailing}) {
    EXPECT_THAT(registry_.Render(),
                HasSubstr("# TYPE " + std::string(spec->name) + " "));
    EXPECT_EQ(Sum(*spec), 0) << spec->name;
  }
}

TEST_F(SinkMonitorTest, CountsAttemptsAndTheirErrors) {
  monitor_.OnAttempt();
  monitor_.OnAttempt();
  monitor_.OnAttemptFailed(kDown);
  monitor_.OnAttemptFailed(absl::OkStatus());
  monitor_.OnRetry(12);
  EXPECT_EQ(Sum(metric::kSinkWriteAttempts, {{label::kComponentName, "out"}}),
            2);
  EXPECT_EQ(Sum(metric::kSinkFailedWriteAttempts,
                {{label::kErrorType, "unavailable"}}),
            1);
  EXPECT_EQ(
      Sum(metric::kSinkFailedWriteAttempts, {{label::kErrorType, "_other"}}),
      1);
  EXPECT_EQ(Sum(metric::kSinkRetriedEvents), 12);
}

TEST_F(SinkMonitorTest, ForgivesAFailureOrTwo) {
  FailInARow(SinkMonitor::kFailingAttempts - 1);
  EXPECT_EQ(monitor_.Failure(), "");
  EXPECT_EQ(Sum(metric::kSinkFailing), 0);
  EXPECT_TRUE(health_.Ready().ok);
}

TEST_F(SinkMonitorTest, IsNotReadyWhileItFailsAgainAndAgain) {
  FailInARow(SinkMonitor::kFailingAttempts);
  EXPECT_EQ(monitor_.Failure(), "failing: connection refused, attempt 3");
  EXPECT_EQ(Sum(metric::kSinkFailing), 1);
  EXPECT_FALSE(health_.Ready().ok);
  EXPECT_TRUE(health_.Live().ok);
  FailInARow(1);
  EXPECT_THAT(
      health_.Ready().reasons,
      ElementsAre("sink 'out': failing: connection refused, attempt 4"));
}

TEST_F(SinkMonitorTest, IsNotReadyWhenItHasFailedForLong) {
  monitor_.OnWait(kDown, SinkMonitor::kFailingTime - absl::Milliseconds(1));
  EXPECT_EQ(monitor_.Failure(), "");
  monitor_.OnProgress();
  monitor_.OnWait(kDown, SinkMonitor::kFailingTime);
  EXPECT_EQ(monitor_.Failure(), "failing: connection refused, attempt 1");
}

TEST_F(SinkMonitorTest, IsReadyAgainAfterTheFirstSuccess) {
  FailInARow(5);
  monitor_.OnProgress();
  EXPECT_EQ(monitor_.Failure(), "");
  EXPECT_EQ(Sum(metric::kSinkFailing), 0);
  EXPECT_TRUE(health_.Ready().ok);
  FailInARow(SinkMonitor::kFailingAttempts - 1);
  EXPECT_TRUE(health_.Ready().ok);
}

}  // namespace
}  // namespace phoenix
