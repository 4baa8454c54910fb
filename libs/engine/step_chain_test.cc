#include "libs/engine/step_chain.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const RuleSet> NoRules() { return *RuleSetBuilder().Build(); }

CompiledStep ObedientStep(std::string name, OnError on_error) {
  CompiledStep step;
  step.name = std::move(name);
  step.position = {.line = 7, .column = 3};
  step.on_error = on_error;
  step.op = std::make_unique<ObedientOperator>();
  return step;
}

class Observer : public StepObserver {
 public:
  void OnStep(const Run& run) override { runs.push_back(run); }
  std::vector<Run> runs;
};

class StepChainTest : public ::testing::Test {
 protected:
  StepsResult Run(const std::vector<CompiledStep>& steps,
                  const std::vector<std::string>& payloads,
                  size_t first_step = 0) {
    StepChain chain(steps, &observer_, clock_);
    Frame frame(NoRules());
    frame.Reset(JsonBatch(payloads));
    StepsResult result;
    SelectAll(static_cast<uint32_t>(payloads.size()), result.rows);
    chain.Run(frame, first_step, result);
    return result;
  }

  FakeClock clock_;
  Observer observer_;
};

TEST_F(StepChainTest, LetsRowsPassWithoutSteps) {
  EXPECT_THAT(Run({}, {"1", "2"}).rows, ElementsAre(0, 1));
}

TEST_F(StepChainTest, SortsRowsByWhatTheStepSays) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDeadLetter));
  const StepsResult result =
      Run(steps, {"1", "\"drop\"", "\"fail\"", "2", "\"drop\""});
  EXPECT_THAT(result.rows, ElementsAre(0, 3));
  EXPECT_THAT(result.filtered[0], ElementsAre(1, 4));
  ASSERT_EQ(result.dead.size(), 1u);
  EXPECT_EQ(result.dead[0].row, 2u);
  EXPECT_EQ(result.dead[0].status.message(), "told to");
}

TEST_F(StepChainTest, DropsWhatFailsWhenTold) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDrop));
  const StepsResult result = Run(steps, {"\"fail\"", "1"});
  EXPECT_THAT(result.rows, ElementsAre(1));
  EXPECT_THAT(result.dead, IsEmpty());
  ASSERT_EQ(result.dropped.size(), 1u);
  EXPECT_EQ(result.dropped[0].row, 0u);
}

TEST_F(StepChainTest, KeepsWhatFailsInItsPlaceWhenTold) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kKeep));
  const StepsResult result = Run(steps, {"1", "\"fail\"", "2"});
  EXPECT_THAT(result.rows, ElementsAre(0, 1, 2));
  EXPECT_THAT(result.dead, IsEmpty());
}

TEST_F(StepChainTest, BeginsWhereItIsTold) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDeadLetter));
  steps.push_back(ObedientStep("b", OnError::kDeadLetter));
  const StepsResult result = Run(steps, {"\"drop\""}, /*first_step=*/1);
  EXPECT_THAT(result.filtered[0], IsEmpty());
  EXPECT_THAT(result.filtered[1], ElementsAre(0));
}

TEST_F(StepChainTest, StopsWhenNoRowIsLeft) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDeadLetter));
  steps.push_back(ObedientStep("b", OnError::kDeadLetter));
  Run(steps, {"\"drop\""});
  EXPECT_EQ(observer_.runs.size(), 1u);
}

TEST_F(StepChainTest, TellsTheObserverWhatEachStepDid) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDrop));
  Run(steps, {"1", "\"drop\"", "\"fail\"", "22"});
  ASSERT_EQ(observer_.runs.size(), 1u);
  const StepObserver::Run& run = observer_.runs[0];
  EXPECT_EQ(run.received, 4u);
  EXPECT_EQ(run.received_bytes, 15u);
  EXPECT_EQ(run.sent, 2u);
  EXPECT_EQ(run.sent_bytes, 3u);
  EXPECT_EQ(run.filtered, 1u);
  EXPECT_EQ(run.failed, 1u);
  EXPECT_EQ(run.dropped, 1u);
  EXPECT_EQ(run.error_type, "INVALID_ARGUMENT");
}

TEST_F(StepChainTest, KnowsItsStepsByNameAndPlace) {
  std::vector<CompiledStep> steps;
  steps.push_back(ObedientStep("a", OnError::kDrop));
  StepChain chain(steps, nullptr, clock_);
  EXPECT_EQ(chain.name(0), "a");
  EXPECT_EQ(chain.position(0).line, 7);
}

}  // namespace
}  // namespace phoenix
