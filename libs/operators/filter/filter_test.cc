#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_harness.h"
#include "libs/component/testing/operator_suite.h"
#include "libs/operators/filter/filter_factory.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const bool kRegistered = RegisterOperatorSuite(
    {.name = "Filter",
     .register_kind = &RegisterFilter,
     .config = "condition: 'data.x > 1'",
     .payloads = {R"({"x":0})", R"({"x":2})", R"({"y":2})", R"({"x":3})"}});

OperatorHarness Filter(const std::string& condition) {
  return OperatorHarness(&RegisterFilter, "condition: '" + condition + "'");
}

TEST(FilterTest, LetsThroughWhatFulfilsTheCondition) {
  const StepResult result =
      Filter("data.x > 1")
          .Process({R"({"x":0})", R"({"x":2})", R"({"x":1})", R"({"x":1.5})"});
  EXPECT_THAT(result.passed, ElementsAre(1, 3));
  EXPECT_THAT(result.filtered, ElementsAre(0, 2));
  EXPECT_THAT(result.failed, IsEmpty());
}

TEST(FilterTest, FailsRowsForWhichTheConditionHasNoValue) {
  const StepResult result =
      Filter("data.x > 1")
          .Process({R"({"y":0})", R"({"x":"a"})", R"({"x":2})"});
  EXPECT_THAT(result.passed, ElementsAre(2));
  EXPECT_THAT(result.filtered, IsEmpty());
  EXPECT_THAT(result.failed_rows(), ElementsAre(0, 1));
}

TEST(FilterTest, PointsIntoAConditionThatIsWrong) {
  const OperatorHarness filter = Filter("data.x >");
  EXPECT_EQ(filter.get(), nullptr);
  ASSERT_FALSE(filter.errors().empty());
  EXPECT_THAT(filter.errors()[0], HasSubstr("condition@8"));
}

TEST(FilterTest, WantsACondition) { EXPECT_EQ(Filter("1 + 1").get(), nullptr); }

}  // namespace
}  // namespace phoenix
