#include "services/processor/processor.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Delivers everything that passed the steps, and remembers the rows.
class FakeOutput : public StepsOutput {
 public:
  void Take(Frame&, const Selection& rows, const EventBatchPtr&,
            flow::OutcomeCollector& collector) override {
    taken.push_back(rows);
    collector.Settle(rows, Outcome::kDelivered);
  }
  std::vector<Selection> taken;
};

class ProcessorTest : public ::testing::Test {
 protected:
  void AddStep(OnError on_error) {
    CompiledStep step;
    step.name = "obey";
    step.position = {.line = 9, .column = 5};
    step.on_error = on_error;
    step.op = std::make_unique<ObedientOperator>();
    steps_.push_back(std::move(step));
  }

  BatchOutcome Handle(BatchView view, size_t first_step = 0) {
    StepChain chain(steps_, nullptr, clock_);
    Processor processor(chain, *RuleSetBuilder().Build(), dead_letters_,
                        output_);
    std::optional<BatchOutcome> outcome;
    processor.HandleFrom(first_step, std::move(view),
                         [&](const BatchOutcome& said) { outcome = said; });
    return outcome.value_or(BatchOutcome(0));
  }

  FakeClock clock_;
  std::vector<CompiledStep> steps_;
  FakeDeadLetters dead_letters_;
  FakeOutput output_;
};

TEST_F(ProcessorTest, GivesEachRowItsOutcome) {
  AddStep(OnError::kDeadLetter);
  const BatchOutcome outcome =
      Handle(WholeView(JsonBatch({"1", "\"drop\"", "\"fail\""})));
  ASSERT_EQ(outcome.size(), 3u);
  EXPECT_EQ(outcome.at(0), Outcome::kDelivered);
  EXPECT_EQ(outcome.at(1), Outcome::kFiltered);
  EXPECT_EQ(outcome.at(2), Outcome::kDeadLettered);
  EXPECT_THAT(output_.taken, ElementsAre(ElementsAre(0)));
}

TEST_F(ProcessorTest, PostsFailedRowsWithStepLineAndOriginal) {
  AddStep(OnError::kDeadLetter);
  const BatchView view = WholeView(JsonBatch({"1", "\"fail\""}));
  Handle(view);
  ASSERT_EQ(dead_letters_.posted.size(), 1u);
  EXPECT_EQ(dead_letters_.posted[0].row, 1u);
  EXPECT_EQ(dead_letters_.posted[0].component, "obey");
  EXPECT_EQ(dead_letters_.posted[0].position.line, 9);
  EXPECT_EQ(dead_letters_.inputs[0], view.batch);
}

TEST_F(ProcessorTest, DropsWhatFailsWhenToldAndSaysWhy) {
  AddStep(OnError::kDrop);
  const BatchOutcome outcome = Handle(WholeView(JsonBatch({"\"fail\""})));
  EXPECT_EQ(outcome.at(0), Outcome::kDropped);
  ASSERT_EQ(outcome.details().size(), 1u);
  EXPECT_EQ(outcome.details()[0].component, "obey");
  EXPECT_THAT(dead_letters_.posted, IsEmpty());
}

TEST_F(ProcessorTest, LooksOnlyAtTheRowsOfTheView) {
  AddStep(OnError::kDeadLetter);
  const BatchOutcome outcome =
      Handle({JsonBatch({"\"drop\"", "1"}), Selection{1}});
  EXPECT_EQ(outcome.at(1), Outcome::kDelivered);
  EXPECT_EQ(outcome.at(0), Outcome::kPending);
}

TEST_F(ProcessorTest, RunsWhatAStepMadeFromTheNextStepOn) {
  AddStep(OnError::kDeadLetter);
  const BatchOutcome outcome =
      Handle(WholeView(JsonBatch({"\"drop\""})), /*first_step=*/1);
  EXPECT_EQ(outcome.at(0), Outcome::kDelivered);
}

}  // namespace
}  // namespace phoenix
