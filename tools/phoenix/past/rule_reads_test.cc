#include "tools/phoenix/past/rule_reads.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(AttributesInTest, FindsAttributesAndExtensions) {
  EXPECT_THAT(AttributesIn("type == 'a' && ext.tenant != source"),
              ElementsAre("ext.tenant", "source", "type"));
}

TEST(AttributesInTest, PassesOverFieldsAndTexts) {
  EXPECT_THAT(AttributesIn("data.type == 'id' && data.ext.tenant > 1"),
              IsEmpty());
  EXPECT_THAT(AttributesIn("this is no rule ("), IsEmpty());
}

std::vector<RulePlan> PlansOf(const std::string& rule) {
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  builder.AddExpression(rule, errors);
  EXPECT_TRUE(errors.empty());
  return DescribeRules(**builder.Build());
}

TEST(RuleReadsTest, ReadsWhatARuleReads) {
  const std::string rule =
      "data.t > 1 && data[\"a b\"].c == type && data.list.size() > 0";
  RuleReads reads(PlansOf(rule));
  EXPECT_THAT(reads.PathsOf(rule),
              UnorderedElementsAre("data.t", testing::HasSubstr("a b"),
                                   "data.list", "type"));
  const auto batch = JsonBatch(
      {R"({"t": 2.5, "list": [1, 2]})", R"({"t": "x\n", "list": null})"});
  EXPECT_EQ(reads.Read("data.t", batch, 0), "2.5");
  EXPECT_EQ(reads.Read("data.t", batch, 1), R"("x\n")");
  EXPECT_EQ(reads.Read("data.list", batch, 0), "[1, 2]");
  EXPECT_EQ(reads.Read("data.list", batch, 1), "null");
  EXPECT_EQ(reads.Read("type", batch, 0), R"("test")");
  EXPECT_EQ(reads.Read(reads.PathsOf(rule)[1], batch, 0), "missing");
}

TEST(RuleReadsTest, KnowsNothingOfOtherRules) {
  RuleReads reads(PlansOf("data.t > 1"));
  EXPECT_THAT(reads.PathsOf("data.u > 1"), IsEmpty());
  EXPECT_EQ(reads.Read("data.u", JsonBatch({"{}"}), 0), "unknown");
}

}  // namespace
}  // namespace phoenix
