#include "tools/phoenix/cli/plan.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_sink.h"
#include "libs/pipeline/testing/fixed_guarantee.h"
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

TEST_F(PlanTest, AddsUpTheMemory) {
  EXPECT_EQ(plan_.memory.size(), 9u);
  EXPECT_EQ(plan_.memory_bound_bytes, MemoryBoundBytes(plan_.memory));
}

TEST_F(PlanTest, GivesEveryWayItsGuarantee) {
  ASSERT_EQ(plan_.paths.size(), 2u);
  EXPECT_EQ(plan_.paths[0].source, "in");
  EXPECT_EQ(plan_.paths[0].sink, "alerts");
  EXPECT_EQ(plan_.paths[0].guarantee, "at least once");
}

TEST(PlanOfDeliveryTest, SaysWhatKeepsASinkFromWhatItCouldGive) {
  TestPipeline pipeline(kTestPipeline);
  pipeline.compiled->sinks[0] =
      FixedSink("alerts", DeliveryGuarantee::kExactlyOnce);
  pipeline.compiled->steps[0] = FixedStep("counts", true);
  const PipelinePlan plan = PlanPipeline(pipeline.loaded, *pipeline.compiled);
  EXPECT_EQ(plan.paths[0].guarantee, "at least once");
  const char* kLimits =
      "at least once: there is no 'log', by which events are known again; "
      "step 'counts' makes events of its own\n";
  EXPECT_THAT(PlanToText(*pipeline.compiled, plan), HasSubstr(kLimits));
  EXPECT_THAT(PlanToJson(*pipeline.compiled, plan),
              HasSubstr("step 'counts' makes events of its own"));
}

TEST_F(PlanTest, SaysWhereOrderIsNotKept) {
  class AnyOrderSink : public FakeSink {
    bool keeps_order() const override { return false; }
  };
  pipeline_.compiled->sinks[0].sink = std::make_unique<AnyOrderSink>();
  plan_ = PlanPipeline(pipeline_.loaded, *pipeline_.compiled);
  EXPECT_EQ(plan_.paths[0].guarantee, "at least once, in any order");
}

TEST_F(PlanTest, IsWrittenForPeople) {
  const std::string text = PlanToText(*pipeline_.compiled, plan_);
  EXPECT_THAT(text, HasSubstr("pipeline 'p' is valid, revision "));
  EXPECT_THAT(text, HasSubstr("  7:11    warm     data.t > 10\n"));
  EXPECT_THAT(text,
              HasSubstr("vectorised; can fail: the event is dead-lettered\n"));
  EXPECT_THAT(text, HasSubstr("in      -> alerts   at least once"));
  EXPECT_THAT(text, HasSubstr("memory of the process, at most "));
  EXPECT_THAT(text, HasSubstr("\n  events in flight        64MiB\n"));
  EXPECT_THAT(text, HasSubstr("\n  program                 32MiB\n"));
  EXPECT_THAT(text, HasSubstr("\n  dead letters that wait  64MiB\n"));
}

TEST(PlanOfRulesTest, SaysWhatBecomesOfAnEventOnWhichARuleFails) {
  const TestPipeline pipeline(R"(name: p
sources: [{name: in, door: {port: 1}}]
steps:
  - {name: a, on_error: drop, keep: data.a > 1}
  - {name: b, on_error: keep, keep: data.b > 1}
  - {name: c, keep: 'true'}
sinks: [{name: out, nowhere: {}}]
)");
  const std::string text = PlanToText(
      *pipeline.compiled, PlanPipeline(pipeline.loaded, *pipeline.compiled));
  EXPECT_THAT(text, HasSubstr("vectorised; can fail: the event is dropped\n"));
  EXPECT_THAT(text,
              HasSubstr("vectorised; can fail: the event is kept as it was\n"));
  EXPECT_THAT(text, HasSubstr("vectorised; can't fail\n"));
}

TEST(PlanOfRulesTest, WarnsOfPartsThatFailWheneverTheyAreEvaluated) {
  const TestPipeline pipeline(R"(name: p
sources: [{name: in, door: {port: 1}}]
steps:
  - {name: a, keep: 'data.a > 1 && time > timestamp("x")'}
sinks: [{name: out, nowhere: {}}]
)");
  const PipelinePlan plan = PlanPipeline(pipeline.loaded, *pipeline.compiled);
  const char* kMessage =
      "'timestamp(\"x\")' always fails: can't read 'x', expected a time such "
      "as 2009-02-13T23:31:30.5Z (RFC 3339)";
  ASSERT_EQ(plan.warnings.size(), 1u);
  EXPECT_EQ(plan.warnings[0].message, kMessage);
  EXPECT_THAT(
      PlanToText(*pipeline.compiled, plan),
      HasSubstr(std::string("\nwarnings\n  p.yaml:4:43: ") + kMessage + "\n"));
  EXPECT_THAT(PlanToJson(*pipeline.compiled, plan),
              HasSubstr("\"warnings\": [\n    {\n      \"line\": 4,"));
}

TEST_F(PlanTest, IsWrittenForPrograms) {
  const std::string json = PlanToJson(*pipeline_.compiled, plan_);
  EXPECT_THAT(json, HasSubstr("\"valid\": true"));
  EXPECT_THAT(json, HasSubstr("\"expression\": \"data.t > 10\""));
  EXPECT_THAT(json, HasSubstr("\"name\": \"sink alerts\",\n      \"bytes\": "
                              "16777216"));
}

}  // namespace
}  // namespace phoenix
