#include "tools/phoenix/step_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class StepMetricsTest : public ::testing::Test {
 protected:
  StepMetricsTest() {
    for (const char* name : {"first", "second"}) {
      CompiledStep step;
      step.name = name;
      step.kind = "filter";
      steps_.push_back(std::move(step));
    }
  }

  MetricsRegistry registry_;
  std::vector<CompiledStep> steps_;
};

TEST_F(StepMetricsTest, PublishesEachStepFromZeroOn) {
  const StepMetrics metrics(registry_, steps_);
  ASSERT_EQ(metrics.steps().size(), 2u);
  EXPECT_EQ(metrics.steps()[0]->id().name, "first");
  EXPECT_EQ(metrics.steps()[1]->id().type, "filter");
  EXPECT_THAT(registry_.Render(), HasSubstr("\"second\""));
}

TEST_F(StepMetricsTest, CountsARunAtItsStep) {
  StepMetrics metrics(registry_, steps_);
  metrics.OnStep({.step = 1,
                  .received = 10,
                  .received_bytes = 100,
                  .sent = 6,
                  .sent_bytes = 60,
                  .filtered = 2,
                  .failed = 2,
                  .dropped = 1,
                  .error_type = "INVALID_ARGUMENT",
                  .nanos = 5'000});
  const ComponentMetrics& step = *metrics.steps()[1];
  EXPECT_EQ(step.received_events(), 10u);
  EXPECT_EQ(step.received_bytes(), 100u);
  EXPECT_EQ(step.sent_events(), 6u);
  EXPECT_EQ(step.sent_bytes(), 60u);
  EXPECT_EQ(step.discarded_events(), 3u);
  EXPECT_EQ(step.failed_events(), 2u);
  EXPECT_EQ(step.busy(), absl::Microseconds(5));
  EXPECT_EQ(metrics.steps()[0]->received_events(), 0u);
}

TEST_F(StepMetricsTest, NamesNoErrorWhereNothingFailed) {
  StepMetrics metrics(registry_, steps_);
  metrics.OnStep({.step = 0, .received = 1, .sent = 1, .error_type = ""});
  EXPECT_EQ(metrics.steps()[0]->failed_events(), 0u);
  EXPECT_EQ(metrics.steps()[0]->discarded_events(), 0u);
}

}  // namespace
}  // namespace phoenix
