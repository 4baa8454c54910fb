#include "libs/rules/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<RuleError> ErrorsOf(std::string_view text, bool is_condition) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  if (is_condition) {
    builder.AddCondition(text, errors);
  } else {
    builder.AddExpression(text, errors);
  }
  EXPECT_EQ(builder.Build().ok(), errors.empty());
  return errors;
}

TEST(RuleSetTest, RefusesTextsThatAreNoRules) {
  const auto errors = ErrorsOf("data.a > ", true);
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].offset, 9u);
}

TEST(RuleSetTest, RefusesNamesThatAreUnknownWithTheirOffset) {
  const auto errors = ErrorsOf("1 < 2 && dta.a", true);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].offset, 9u);
  EXPECT_THAT(errors[0].message, HasSubstr("'dta'"));
}

TEST(RuleSetTest, RefusesConditionsThatAreNoBools) {
  EXPECT_FALSE(ErrorsOf("1 + 1", true).empty());
  EXPECT_FALSE(ErrorsOf("source", true).empty());
  EXPECT_THAT(ErrorsOf("1 + 1", false), IsEmpty());
  EXPECT_THAT(ErrorsOf("data.flag", true), IsEmpty());
}

TEST(RuleSetTest, RefusesOperandsThatDoNotFit) {
  EXPECT_FALSE(ErrorsOf("source > 1", true).empty());
  EXPECT_FALSE(ErrorsOf("data.a.matches('(')", true).empty());
}

using Kind = PayloadEdit::Kind;
using EditErrors = std::vector<std::pair<size_t, RuleError>>;

EditErrors ErrorsOfEdits(std::vector<PayloadEdit> edits) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  for (PayloadEdit& edit : edits) {
    if (edit.kind != Kind::kSet) continue;
    edit.value = builder.AddExpression("1", errors);
  }
  EditErrors edit_errors;
  builder.AddEdits(std::move(edits), edit_errors);
  EXPECT_EQ(builder.Build().ok(), edit_errors.empty());
  return edit_errors;
}

TEST(RuleSetTest, RefusesPathsThatCannotBeEdited) {
  for (const char* path :
       {"", "data", "data.", "dat.a", "datax.a", "data..a", "data.a.",
        "data.a[0]", "data.a-b", "data[a]", "source"}) {
    EXPECT_EQ(ErrorsOfEdits({{Kind::kSet, path, "", {}}}).size(), 1u) << path;
    EXPECT_EQ(ErrorsOfEdits({{Kind::kRename, "data.a", path, {}}}).size(), 1u)
        << path;
  }
  EXPECT_THAT(ErrorsOfEdits({{Kind::kRemove, R"(data["x y"].z)", "", {}}}),
              IsEmpty());
}

TEST(RuleSetTest, SaysWhichEditIsWrongAndWhatWasExpected) {
  const EditErrors errors = ErrorsOfEdits(
      {{Kind::kSet, "data.a", "", {}}, {Kind::kRemove, "b", "", {}}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].first, 1u);
  EXPECT_THAT(errors[0].second.message, HasSubstr("'b'"));
  EXPECT_THAT(errors[0].second.message, HasSubstr("expected a field"));
}

TEST(RuleSetTest, RefusesEditsThatMeet) {
  const auto meet = [](PayloadEdit a, PayloadEdit b) {
    return ErrorsOfEdits({std::move(a), std::move(b)}).size() == 1;
  };
  const PayloadEdit set{Kind::kSet, "data.a.b", "", {}};
  EXPECT_TRUE(meet(set, {Kind::kRemove, "data.a.b", "", {}}));
  EXPECT_TRUE(meet(set, {Kind::kRemove, "data.a", "", {}}));
  EXPECT_TRUE(meet(set, {Kind::kSet, "data.a.b.c", "", {}}));
  EXPECT_TRUE(meet(set, {Kind::kRename, "data.x", "data.a", {}}));
  EXPECT_FALSE(meet(set, {Kind::kRemove, "data.a.c", "", {}}));
  EXPECT_FALSE(meet(set, {Kind::kRename, "data.a.x", "data.a.y", {}}));
}

TEST(RuleSetTest, RefusesToRenameAFieldIntoItself) {
  for (const char* to : {"data.a.b", "data.a.b.c", "data.a"}) {
    EXPECT_EQ(ErrorsOfEdits({{Kind::kRename, "data.a.b", to, {}}}).size(), 1u)
        << to;
  }
}

RulePlan PlanOf(std::string_view text) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  builder.AddExpression(text, errors);
  EXPECT_THAT(errors, IsEmpty());
  const std::vector<RulePlan> plans = DescribeRules(**builder.Build());
  EXPECT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].text, text);
  EXPECT_EQ(plans[0].vectorised, plans[0].fallback_reason.empty());
  return plans[0];
}

TEST(RuleSetTest, DescribesWhatARuleReads) {
  const RulePlan plan =
      PlanOf(R"(data.a.b > 1 && data.a.b < data["x y"] && has(data.l[0].c))");
  EXPECT_TRUE(plan.vectorised);
  EXPECT_TRUE(plan.can_fail);
  EXPECT_THAT(plan.paths,
              ElementsAre("data.a.b", "data[\"x y\"]", "data.l[0].c"));
}

TEST(RuleSetTest, DescribesWhyARuleRunsRowByRow) {
  const RulePlan plan = PlanOf("data.l.exists(x, x > data.n)");
  EXPECT_FALSE(plan.vectorised);
  EXPECT_THAT(plan.paths, ElementsAre("data.l", "data.n"));
  EXPECT_THAT(PlanOf("time > timestamp(data.t)").fallback_reason,
              HasSubstr("'time'"));
}

TEST(RuleSetTest, DescribesWhatCannotFail) {
  EXPECT_FALSE(PlanOf("true").can_fail);
  EXPECT_FALSE(PlanOf("has(ext.region) || false").can_fail);
  EXPECT_TRUE(PlanOf("source == 'x'").can_fail);
}

TEST(RuleSetTest, DescribesRulesInTheOrderInWhichTheyWereAdded) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  builder.AddCondition("data.a == 1", errors);
  builder.AddExpression("data.b", errors);
  const std::vector<RulePlan> plans = DescribeRules(**builder.Build());
  ASSERT_EQ(plans.size(), 2u);
  EXPECT_EQ(plans[0].text, "data.a == 1");
  EXPECT_EQ(plans[1].text, "data.b");
}

}  // namespace
}  // namespace phoenix
