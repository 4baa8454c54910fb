#include "tools/phoenix/cli/plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/cli/test_pipeline.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PlanTest : public testing::Test {
 protected:
  TestPipeline pipeline_{kTestPipeline};
  PipelinePlan plan_ = PlanPipeline(pipeline_.loaded, *pipeline_.compiled);
};

TEST_F(PlanTest, PlacesEveryRuleAndSaysWhatItsFailureMeans) {
  ASSERT_EQ(plan_.rules.size(), 2u);
  EXPECT_EQ(plan_.rules[0].owner, "warm");
  EXPECT_EQ(plan_.rules[0].position.line, 7);
  EXPECT_EQ(plan_.rules[0].position.column, 11);
  EXPECT_EQ(plan_.rules[0].plan.text, "data.t > 10");
  EXPECT_EQ(plan_.rules[0].on_error, "dead_letter");
  EXPECT_EQ(plan_.rules[1].owner, "hot");
  EXPECT_EQ(plan_.rules[1].position.line, 10);
}

TEST_F(PlanTest, ListsWhatIsReadOfPayloadsOnce) {
  EXPECT_THAT(plan_.payload_paths, ElementsAre(HasSubstr("t")));
}

TEST_F(PlanTest, AddsUpTheBuffers) {
  int64_t sum = 0;
  for (const PlannedBuffer& buffer : plan_.buffers) sum += buffer.bytes;
  EXPECT_EQ(plan_.buffers.size(), 3u);
  EXPECT_EQ(sum, plan_.memory_bound_bytes);
  EXPECT_EQ(sum, (64 << 20) + 2 * (16 << 20) + 1000);
}

TEST_F(PlanTest, GivesEveryWayItsGuarantee) {
  ASSERT_EQ(plan_.paths.size(), 2u);
  EXPECT_EQ(plan_.paths[0].source, "in");
  EXPECT_EQ(plan_.paths[0].sink, "alerts");
  EXPECT_EQ(plan_.paths[0].guarantee, "at least once");
}

TEST_F(PlanTest, IsWrittenForPeople) {
  const std::string text = PlanToText(*pipeline_.compiled, plan_);
  EXPECT_THAT(text, HasSubstr("pipeline 'p' is valid, revision "));
  EXPECT_THAT(text, HasSubstr("  7:11    warm     data.t > 10\n"));
  EXPECT_THAT(text, HasSubstr("on_error: dead_letter"));
  EXPECT_THAT(text, HasSubstr("in      -> alerts   at least once"));
  EXPECT_THAT(text, HasSubstr("memory of events, at most 96.0MiB"));
}

TEST_F(PlanTest, IsWrittenForPrograms) {
  const std::string json = PlanToJson(*pipeline_.compiled, plan_);
  EXPECT_THAT(json, HasSubstr("\"valid\": true"));
  EXPECT_THAT(json, HasSubstr("\"expression\": \"data.t > 10\""));
  EXPECT_THAT(json, HasSubstr("\"memory_bound_bytes\": 100664296"));
}

}  // namespace
}  // namespace phoenix
