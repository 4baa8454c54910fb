#include "libs/cel/constant_errors.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/cel/cel.h"

namespace phoenix::cel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What is found in `text`, which may read `data`: "offset: message", and a '?'
// where it is not certain.
std::vector<std::string> ErrorsOf(std::string text) {
  Environment environment;
  EXPECT_TRUE(environment.AddVariable("data", Type()).ok());
  std::vector<Issue> issues;
  std::optional<Ast> ast = Parse(std::move(text), {}, &issues);
  auto checked = Check(*std::move(ast), environment, {}, &issues);
  auto program = Program::Create(std::move(checked), {}, &issues);
  EXPECT_THAT(issues, IsEmpty());
  std::vector<std::string> errors;
  for (const ConstantError& error : FindConstantErrors(*program)) {
    errors.push_back(std::to_string(error.issue.position.offset) + ": " +
                     error.issue.message + (error.certain ? "" : " ?"));
  }
  return errors;
}

TEST(ConstantErrorsTest, FindsWhatAlwaysFails) {
  EXPECT_THAT(ErrorsOf("1/0"),
              ElementsAre("1: '1/0' always fails: division by zero"));
  EXPECT_THAT(ErrorsOf("data.a + 7 % 0"),
              ElementsAre("11: '7 % 0' always fails: division by zero"));
  EXPECT_THAT(ErrorsOf("[data.a, [1, 2][5]]"),
              ElementsAre("15: '[1, 2][5]' always fails: list index 5 is "
                          "out of range for a size of 2"));
  EXPECT_THAT(ErrorsOf("9223372036854775807 + 1"),
              ElementsAre("20: '9223372036854775807 + 1' always fails: "
                          "result of addition does not fit 64 bits"));
}

TEST(ConstantErrorsTest, FindsTextsThatAreNoTimes) {
  EXPECT_THAT(ErrorsOf("timestamp('nope') > timestamp(data.t)"),
              ElementsAre("0: 'timestamp('nope')' always fails: can't read "
                          "'nope', expected a time such as "
                          "2009-02-13T23:31:30.5Z (RFC 3339)"));
  EXPECT_THAT(ErrorsOf("duration('x') > duration(data.d)"),
              ElementsAre("0: 'duration('x')' always fails: can't read 'x', "
                          "expected a duration such as 1h30m or 1.5s"));
}

TEST(ConstantErrorsTest, TellsApartWhatEvaluationMayPassBy) {
  EXPECT_THAT(ErrorsOf("data.a && 1/0 > 0"),
              ElementsAre("11: '1/0 > 0' always fails: division by zero ?"));
  EXPECT_THAT(ErrorsOf("data.a ? 1/0 : 2"),
              ElementsAre("10: '1/0' always fails: division by zero ?"));
  EXPECT_THAT(ErrorsOf("1/0 > 0 ? data.a : 2"),
              ElementsAre("1: '1/0 > 0' always fails: division by zero"));
  EXPECT_THAT(ErrorsOf("data.l.map(x, x + 1/0)"),
              ElementsAre("19: '1/0' always fails: division by zero ?"));
  EXPECT_THAT(ErrorsOf("[1/0].map(x, x + data.a)"),
              ElementsAre("2: '[1/0]' always fails: division by zero"));
}

TEST(ConstantErrorsTest, EvaluatesMacrosThatReadNoVariable) {
  EXPECT_THAT(ErrorsOf("[1, 0].map(x, 1/x)"),
              ElementsAre("15: '[1, 0].map(x, 1/x)' always fails: division by "
                          "zero"));
  EXPECT_THAT(ErrorsOf("data.l.map(x, [0].map(y, 1/y))"),
              ElementsAre("26: '[0].map(y, 1/y)' always fails: division by "
                          "zero ?"));
  EXPECT_THAT(ErrorsOf("data.l.map(x, [0].map(y, x/y))"), IsEmpty());
}

TEST(ConstantErrorsTest, LetsThroughWhatIsAbsorbedOrReadsTheEvent) {
  EXPECT_THAT(ErrorsOf("true || 1/0 > 0"), IsEmpty());
  EXPECT_THAT(ErrorsOf("false ? 1/0 : 1"), IsEmpty());
  EXPECT_THAT(ErrorsOf("data.a / 0"), IsEmpty());
  EXPECT_THAT(ErrorsOf("[1, 2][data.i]"), IsEmpty());
}

TEST(ConstantErrorsTest, ShowsTheBeginningOfALongPart) {
  const std::string text = "'" + std::string(100, 'x') + "' + [''][1]";
  EXPECT_THAT(ErrorsOf(text),
              ElementsAre("109: ''" + std::string(59, 'x') +
                          "...' always fails: list index 1 is out of range "
                          "for a size of 1"));
}

}  // namespace
}  // namespace phoenix::cel
