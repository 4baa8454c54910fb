#include "tools/phoenix/past/explanation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/engine/testing/json_batch.h"
#include "tools/phoenix/past/explanation_text.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ExplanationTest : public testing::Test {
 protected:
  Explanation Explain(const std::string& payload) {
    // Beside a neighbour that fails: only one row is looked at.
    return ExplainEvent(pipeline_.loaded, *pipeline_.compiled,
                        JsonBatch({R"({"t": "?"})", payload}), 1,
                        Clock::System());
  }

  std::string Text(const std::string& payload) {
    return ExplanationToText(*pipeline_.compiled, Explain(payload),
                             std::nullopt);
  }

  BuiltPipeline pipeline_{WeatherPipeline("/nowhere")};
};

TEST_F(ExplanationTest, FollowsAnEventToItsSink) {
  const Explanation found = Explain(R"({"t": 40.0})");
  ASSERT_EQ(found.steps.size(), 2u);
  EXPECT_EQ(found.steps[0].name, "warm");
  EXPECT_EQ(found.steps[0].position.line, 7);
  ASSERT_EQ(found.steps[0].rules.size(), 1u);
  const RuleTrace& rule = found.steps[0].rules[0];
  EXPECT_EQ(rule.text, "data.t > 10.0");
  EXPECT_EQ(rule.position.line, 7);
  ASSERT_EQ(rule.reads.size(), 1u);
  EXPECT_EQ(rule.reads[0].path, "data.t");
  EXPECT_EQ(rule.reads[0].value, "40");
  EXPECT_EQ(rule.result, "true");
  EXPECT_EQ(found.steps[1].rules[0].result, "104");
  ASSERT_EQ(found.routes.size(), 2u);
  EXPECT_TRUE(found.routes[0].taken);
  EXPECT_FALSE(found.routes[1].taken);
  EXPECT_THAT(found.routes[0].sinks, ElementsAre("hot"));
  EXPECT_EQ(found.outcome, "delivered to hot");
}

TEST_F(ExplanationTest, ShowsWhatAMapChanged) {
  const Explanation found = Explain(R"({"t": 20.0})");
  EXPECT_EQ(found.steps[0].before, "");
  EXPECT_THAT(found.steps[1].before, testing::Not(HasSubstr("\"f\"")));
  EXPECT_THAT(found.steps[1].after, HasSubstr("\"f\": 68"));
  EXPECT_EQ(found.outcome, "delivered to rest");
  EXPECT_TRUE(found.routes[1].taken);
}

TEST_F(ExplanationTest, EndsAtTheStepThatFilters) {
  const Explanation found = Explain(R"({"t": 1.0})");
  ASSERT_EQ(found.steps.size(), 1u);
  EXPECT_EQ(found.steps[0].verdict, StepTrace::Verdict::kFiltered);
  EXPECT_EQ(found.steps[0].rules[0].result, "false");
  EXPECT_THAT(found.routes, IsEmpty());
  EXPECT_EQ(found.outcome, "filtered by 'warm' (p.yaml:7)");
}

TEST_F(ExplanationTest, SaysWhyAStepFails) {
  const Explanation found = Explain(R"({"u": 1.0})");
  ASSERT_EQ(found.steps.size(), 1u);
  EXPECT_EQ(found.steps[0].verdict, StepTrace::Verdict::kFailed);
  EXPECT_EQ(found.steps[0].on_error, "dead_letter");
  EXPECT_EQ(found.steps[0].rules[0].reads[0].value, "missing");
  EXPECT_THAT(found.steps[0].rules[0].result, HasSubstr("no value: "));
  EXPECT_THAT(found.outcome, HasSubstr("dead-lettered by 'warm' (p.yaml:7): "));
}

TEST_F(ExplanationTest, ShowsTheValuesOfValidateRules) {
  BuiltPipeline validated(Edited(
      WeatherPipeline("/nowhere"), "filter: data.t > 10.0",
      "validate: {rules: [{name: r, range: {value: data.t, max: 50}}]}"));
  const Explanation found =
      ExplainEvent(validated.loaded, *validated.compiled,
                   JsonBatch({R"({"t": 60})"}), 0, Clock::System());
  ASSERT_EQ(found.steps[0].rules.size(), 1u);
  EXPECT_EQ(found.steps[0].rules[0].field, "rules[0].range.value");
  EXPECT_EQ(found.steps[0].rules[0].result, "60");
  EXPECT_THAT(found.steps[0].error, HasSubstr("rule 'r'"));
}

TEST_F(ExplanationTest, GoesOnWithAnEventThatIsKept) {
  BuiltPipeline keeping(Edited(WeatherPipeline("/nowhere"), "> 10.0\n",
                               "> 10.0\n    on_error: keep\n"));
  const Explanation found =
      ExplainEvent(keeping.loaded, *keeping.compiled,
                   JsonBatch({R"({"u": 1.0})"}), 0, Clock::System());
  EXPECT_EQ(found.steps.size(), 2u);
  EXPECT_EQ(found.steps[0].on_error, "keep");
}

TEST_F(ExplanationTest, TellsPeopleWithLines) {
  const std::string text = Text(R"({"t": 40.0})");
  EXPECT_THAT(text, HasSubstr("event 'e1' of '/test', type 'test'\n"));
  EXPECT_THAT(text, HasSubstr("\np.yaml:7 step 'warm' (filter)\n"
                              "  p.yaml:7:13 condition: data.t > 10.0\n"
                              "      data.t = 40\n"
                              "      => true\n"
                              "  passes\n"));
  EXPECT_THAT(text, HasSubstr("    + "));
  EXPECT_THAT(text, HasSubstr("route 'heat'\n"));
  EXPECT_THAT(text, HasSubstr("      type = \"test\"\n"));
  EXPECT_THAT(text, HasSubstr("  not taken, to rest\n"));
  EXPECT_THAT(text, testing::EndsWith("\noutcome: delivered to hot\n"));
}

TEST_F(ExplanationTest, TellsWhereTheEventStandsInALog) {
  const std::string text = ExplanationToText(
      *pipeline_.compiled, Explain("{}"),
      LogPlace{.log = "wal",
               .offset = 17,
               .append_time = absl::FromUnixSeconds(1'700'000'000),
               .revision = "0123456789ab"});
  EXPECT_THAT(text, HasSubstr("  offset 17 of log 'wal', appended "
                              "2023-11-14T22:13:20+00:00\n"
                              "  taken by revision 0123456789ab; explained"));
}

TEST_F(ExplanationTest, TellsNoPlaceOfARouteThatNoFileHas) {
  pipeline_.compiled->routes[0].position = {};
  const Explanation explanation = Explain(R"({"t": 40.0})");
  EXPECT_THAT(ExplanationToText(*pipeline_.compiled, explanation, std::nullopt),
              HasSubstr("\nroute 'heat'\n"));
  EXPECT_THAT(ExplanationToJson(*pipeline_.compiled, explanation, std::nullopt),
              testing::Not(HasSubstr("\"line\": 0")));
}

TEST_F(ExplanationTest, TellsThePartitionOfALogThatHasSeveral) {
  const LogPlace place{.log = "topic", .partition = 3, .offset = 17};
  EXPECT_THAT(ExplanationToText(*pipeline_.compiled, Explain("{}"), place),
              HasSubstr("  offset 3/17 of log 'topic', appended "));
  EXPECT_THAT(ExplanationToJson(*pipeline_.compiled, Explain("{}"), place),
              HasSubstr("\"partition\": 3"));
}

TEST_F(ExplanationTest, TellsProgramsInJson) {
  const std::string text = ExplanationToJson(
      *pipeline_.compiled, Explain(R"({"t": 1.0})"), std::nullopt);
  EXPECT_THAT(text, HasSubstr("\"verdict\": \"filtered\""));
  EXPECT_THAT(text, HasSubstr("\"path\": \"data.t\""));
  EXPECT_THAT(text, HasSubstr("\"outcome\": \"filtered by 'warm' (p.yaml:7)"));
}

}  // namespace
}  // namespace phoenix
