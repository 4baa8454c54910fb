#include "tools/phoenix/templates/operator/sample_operator.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"
#include "tools/phoenix/templates/operator/sample_factory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const bool kRegistered =
    RegisterOperatorSuite({.name = "Sample",
                           .register_kind = &RegisterSampleOperator,
                           .config = "max_bytes: 3",
                           .payloads = {"1", "1234", "123", "12345"}});

TEST(SampleOperatorTest, DropsLargePayloadsAndKeepsTheOrderOfOthers) {
  ASSERT_TRUE(kRegistered);
  Frame frame(*RuleSetBuilder().Build());
  frame.Reset(MakeBatch({std::string("1"), std::string("1234"),
                         std::string("123"), std::string("12345")}));
  Selection rows = {0, 1, 2, 3};
  StepRun run(frame, rows);
  SampleOperator(3).Process(run);
  EXPECT_THAT(run.rows(), ElementsAre(0, 2));
  EXPECT_THAT(run.filtered(), ElementsAre(1, 3));
  EXPECT_THAT(run.failed(), IsEmpty());
}

TEST(SampleOperatorTest, LooksOnlyAtRowsThatReachedIt) {
  Frame frame(*RuleSetBuilder().Build());
  frame.Reset(MakeBatch({std::string("1234"), std::string("1")}));
  Selection rows = {1};
  StepRun run(frame, rows);
  SampleOperator(3).Process(run);
  EXPECT_THAT(run.rows(), ElementsAre(1));
  EXPECT_THAT(run.filtered(), IsEmpty());
}

}  // namespace
}  // namespace phoenix
