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

// What is wrong with an expression, as "offset: message".
std::vector<std::string> FaultsOf(std::string_view text, RuleResult result) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  builder.AddExpression(text, errors, result);
  std::vector<std::string> faults;
  for (const RuleError& error : errors) {
    faults.push_back(std::to_string(error.offset) + ": " + error.message);
  }
  return faults;
}

TEST(RuleSetTest, RefusesConstantPartsThatFail) {
  EXPECT_THAT(FaultsOf("data.a + 1/0", RuleResult::kAny),
              ElementsAre("10: '1/0' always fails: division by zero"));
  EXPECT_THAT(FaultsOf("data.a.matches('(')", RuleResult::kAny),
              ElementsAre("7: invalid pattern '(': missing ): ("));
  EXPECT_THAT(FaultsOf("[1, 'a'][0]", RuleResult::kBool),
              ElementsAre("0: expression is always 1: expected a bool"));
}

TEST(RuleSetTest, WarnsOfConstantPartsThatAreNotAlwaysEvaluated) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  builder.AddCondition("data.a || 1/0 > 0", errors);
  EXPECT_THAT(errors, IsEmpty());
  const auto plans = DescribeRules(**builder.Build());
  ASSERT_EQ(plans[0].warnings.size(), 1u);
  EXPECT_EQ(plans[0].warnings[0].offset, 11u);
  EXPECT_EQ(plans[0].warnings[0].message,
            "'1/0 > 0' always fails: division by zero");
}

TEST(RuleSetTest, RefusesResultsThatAreNeverWhatIsWanted) {
  EXPECT_THAT(FaultsOf("'a'", RuleResult::kNumber),
              ElementsAre("0: expression is of type 'string': expected a "
                          "finite number"));
  EXPECT_THAT(FaultsOf("data.a > 1", RuleResult::kNumber),
              ElementsAre("0: expression is of type 'bool': expected a finite "
                          "number"));
  EXPECT_THAT(FaultsOf("time", RuleResult::kKey),
              ElementsAre("0: expression is of type "
                          "'timestamp': expected text, a "
                          "finite number or a bool"));
  EXPECT_THAT(FaultsOf("0.0/0.0", RuleResult::kKey),
              ElementsAre("0: expression is always nan: expected text, a "
                          "finite number or a bool"));
  EXPECT_THAT(FaultsOf("[1.0/0.0]", RuleResult::kJson),
              ElementsAre("0: expression is always [inf]: expected what JSON "
                          "can hold"));
  for (const char* text : {"1", "1.5", "data.a", "size(id)", "data.a * 2"}) {
    EXPECT_THAT(FaultsOf(text, RuleResult::kNumber), IsEmpty()) << text;
    EXPECT_THAT(FaultsOf(text, RuleResult::kKey), IsEmpty()) << text;
    EXPECT_THAT(FaultsOf(text, RuleResult::kJson), IsEmpty()) << text;
  }
}

using Kind = PayloadEdit::Kind;
using EditErrors = std::vector<EditError>;

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
  for (const char* path :
       {R"(data["x y"].z)", "data['x y'].z", R"(data["\x41\u00e9\n"])"}) {
    EXPECT_THAT(ErrorsOfEdits({{Kind::kRemove, path, "", {}}}), IsEmpty())
        << path;
  }
}

TEST(RuleSetTest, SaysWhichEditIsWrongAndWhatWasExpected) {
  const EditErrors errors = ErrorsOfEdits(
      {{Kind::kSet, "data.a", "", {}}, {Kind::kRemove, "b", "", {}}});
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].edit, 1u);
  EXPECT_EQ(errors[0].error.message,
            "path 'b': expected a field of the payload, such as 'data.name'");
}

TEST(RuleSetTest, FindsEditsThatMeetBesideAPathThatIsNone) {
  const EditErrors errors =
      ErrorsOfEdits({{Kind::kRemove, "b", "", {}},
                     {Kind::kSet, "data.x", "", {}},
                     {Kind::kSet, "data.x.y", "", {}},
                     {Kind::kRename, "data.z", "dat.y", {}},
                     {Kind::kRename, "data.u", "data.u.v", {}}});
  std::vector<size_t> edits;
  for (const EditError& error : errors) edits.push_back(error.edit);
  EXPECT_THAT(edits, testing::UnorderedElementsAre(0, 2, 3, 4));
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
  EXPECT_FALSE(PlanOf("source == 'x' || id == type").can_fail);
  EXPECT_TRUE(PlanOf("subject == 'x'").can_fail);
  EXPECT_TRUE(PlanOf("ext.region == 'x'").can_fail);
  EXPECT_TRUE(PlanOf("has(data.a)").can_fail);
  EXPECT_TRUE(PlanOf("has(data.a.b)").can_fail);
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
