#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_harness.h"
#include "libs/component/testing/operator_suite.h"
#include "libs/operators/validate/validate_factory.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kRules[] = R"(
  rules {name: 'has_id' not_null: 'data.id'}
  rules {name: 'plausible' range {value: 'data.t' min: -80 max: 200}}
  rules {name: 'contact' severity: SEVERITY_WARN email: 'data.mail'}
)";

const bool kRegistered = RegisterOperatorSuite(
    {.name = "Validate",
     .register_kind = &RegisterValidate,
     .config = kRules,
     .payloads = {R"({"id":1,"t":20,"mail":"a@b.cd"})", R"({"t":20})",
                  R"({"id":2,"t":20})", R"({"id":1,"t":1000})"}});

OperatorHarness Validate(const std::string& config) {
  return OperatorHarness(&RegisterValidate, config);
}

TEST(ValidateTest, SaysOfEachRuleThatAnEventBreaksHow) {
  const StepResult result =
      Validate(kRules).Process({R"({"id":1,"t":20,"mail":"a@b.cd"})",
                                R"({"id":null,"t":300})", R"({"t":20})"});
  EXPECT_THAT(result.passed, ElementsAre(0));
  ASSERT_THAT(result.failed_rows(), ElementsAre(1, 2));
  EXPECT_EQ(result.failed[0].status.message(),
            "event breaks rule 'has_id' (line 1): 'data.id' is null, expected "
            "a value; rule 'plausible' (line 1): 'data.t' is 300, expected a "
            "number from -80 to 200");
  EXPECT_THAT(std::string(result.failed[1].status.message()),
              StartsWith("event breaks rule 'has_id' (line 1): 'data.id' "));
}

TEST(ValidateTest, LetsEventsWithWarningsPassAndCountsThem) {
  const OperatorHarness validate = Validate(kRules);
  const StepResult result = validate.Process(
      {R"({"id":1,"t":20,"mail":"nobody"})", R"({"id":1,"t":20})"});
  EXPECT_THAT(result.passed, ElementsAre(0, 1));
  EXPECT_THAT(result.failed, IsEmpty());
  EXPECT_THAT(validate.get()->Report(),
              ElementsAre("rule 'contact' (warn) broken by 2 events"));
}

TEST(ValidateTest, ShowsABoundedPartOfAValue) {
  const std::string id(100'000, 'x');
  const StepResult result =
      Validate("rules {name: 'short' regex {value: 'data.id' pattern: 'y'}}")
          .Process({"{\"id\":\"" + id + "\"}"});
  ASSERT_THAT(result.failed_rows(), ElementsAre(0));
  const std::string error(result.failed[0].status.message());
  EXPECT_THAT(error, HasSubstr("'data.id' is '" + id.substr(0, 64) + "...'"));
  EXPECT_LT(error.size(), 200u);
}

TEST(ValidateTest, ChecksByExpressionAndRegex) {
  const StepResult result =
      Validate(R"(
        rules {name: 'order' cel: 'data.b >= data.a'}
        rules {name: 'code' regex {value: 'data.c' pattern: '[a-z]+'}}
      )")
          .Process({R"({"a":1,"b":2,"c":"x"})", R"({"a":3,"b":2,"c":"x"})",
                    R"({"a":1,"b":2,"c":"X"})", R"({"c":"x"})"});
  EXPECT_THAT(result.passed, ElementsAre(0));
  EXPECT_THAT(result.failed_rows(), ElementsAre(1, 2, 3));
}

TEST(ValidateTest, SaysWhatIsWrongInAConfig) {
  EXPECT_THAT(Validate("").errors(), Contains(HasSubstr("rules@0")));
  EXPECT_THAT(Validate("rules {name: 'a'}").errors(),
              Contains(HasSubstr("rules[0]@0: no check")));
  EXPECT_THAT(Validate("rules {name: 'a' cel: 'true'} "
                       "rules {name: 'a' cel: 'true'}")
                  .errors(),
              Contains(HasSubstr("rules[1].name@0: duplicate")));
  EXPECT_THAT(Validate("rules {name: 'a' cel: '1 +'}").errors(),
              Contains(HasSubstr("rules[0].cel@3")));
  EXPECT_THAT(Validate("rules {name: 'a' regex {value: 'data.a' pattern: '('}}")
                  .errors(),
              Contains(HasSubstr("rules[0].regex.pattern")));
  EXPECT_THAT(
      Validate("rules {name: 'a' range {value: 'data.a' min: 2 max: 1}}")
          .errors(),
      Contains(HasSubstr("rules[0].range.min")));
  EXPECT_THAT(Validate("rules {name: 'a' range {value: 'data.a'}}").errors(),
              Contains(HasSubstr("no bound")));
}

}  // namespace
}  // namespace phoenix
