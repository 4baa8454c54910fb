#include "libs/cel/standard_functions.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/cel/test_evaluator.h"

namespace phoenix::cel {
namespace {

struct Case {
  std::string text;
  std::string result;
};

void Expect(std::initializer_list<Case> cases) {
  TestEvaluator evaluator;
  for (const Case& test : cases) {
    EXPECT_EQ(evaluator.Evaluate(test.text), test.result) << test.text;
  }
}

std::string Error(std::string_view code, std::string_view message) {
  return "error(" + std::string(code) + ": " + std::string(message) + ")";
}

std::string Overflow(std::string_view operation) {
  return Error("OVERFLOW",
               "result of " + std::string(operation) + " does not fit 64 bits");
}

TEST(ArithmeticTest, ComputesEveryNumber) {
  Expect({
      {"7 / 2", "3"},
      {"-7 / 2", "-3"},
      {"-7 % 3", "-1"},
      {"7u % 4u", "3u"},
      {"1.5 * 2.0", "3.0"},
      {"1.0 / 0.0", "inf"},
      {"-(2)", "-2"},
      {"-(2.5)", "-2.5"},
      {"'a' + 'b'", "\"ab\""},
      {"b'a' + b'b'", "b\"ab\""},
      {"[1] + [2, 3]", "[1, 2, 3]"},
  });
}

TEST(ArithmeticTest, ChecksForOverflow) {
  Expect({
      {"9223372036854775807 + 1", Overflow("addition")},
      {"-9223372036854775808 - 1", Overflow("subtraction")},
      {"0u - 1u", Overflow("subtraction")},
      {"4611686018427387904 * 2", Overflow("multiplication")},
      {"18446744073709551615u * 2u", Overflow("multiplication")},
      {"-9223372036854775808 / -1", Overflow("division")},
      {"-9223372036854775808 % -1", Overflow("modulo")},
      {"-(-9223372036854775808)", Overflow("negation")},
      {"1 / 0", Error("DIVIDE_BY_ZERO", "division by zero")},
      {"1u % 0u", Error("DIVIDE_BY_ZERO", "division by zero")},
  });
}

TEST(ComparisonTest, ComparesNumbersAcrossTypes) {
  Expect({
      {"dyn(1) == 1u", "true"},
      {"dyn(1) == 1.0", "true"},
      {"dyn(-1) < 0u", "true"},
      {"dyn(0u) > -1", "true"},
      {"dyn(1.5) > 1", "true"},
      {"dyn(2) <= 2.0", "true"},
      {"0.0 / 0.0 == 0.0 / 0.0", "false"},
      {"0.0 / 0.0 != 0.0 / 0.0", "true"},
      {"0.0 / 0.0 < 1.0", "false"},
      {"18446744073709551615u > 9223372036854775807u", "true"},
  });
}

TEST(ComparisonTest, ComparesAcrossKindsWithoutError) {
  Expect({
      {"dyn('1') == 1", "false"},
      {"dyn(null) == 1", "false"},
      {"null == null", "true"},
      {"[1, dyn(2.0)] == [dyn(1.0), 2]", "true"},
      {"{'a': 1} == {'a': dyn(1u)}", "true"},
      {"{'a': 1} == {'b': 1}", "false"},
      {"type(1) == int", "true"},
      {"dyn('a') < 1",
       Error("NO_SUCH_OVERLOAD", "'string' and 'int' have no order")},
      {"'a' < 'b'", "true"},
      {"b'a' < b'\\xff'", "true"},
      {"false < true", "true"},
      {"dyn(3.0) in [1, 3]", "true"},
      {"'x' in {'x': 1}", "true"},
  });
}

TEST(ContainerTest, MeasuresAndIndexes) {
  Expect({
      {"size('\u00e9\U0001F600')", "2"},
      {"b'\u00e9'.size()", "2"},
      {"[1, 2].size() + size({1: 2})", "3"},
      {"[1, 2][1]", "2"},
      {"[1, 2][2]", Error("INDEX_OUT_OF_RANGE",
                          "list index 2 is out of range for a size of 2")},
      {"[1, 2][-1]", Error("INDEX_OUT_OF_RANGE",
                           "list index -1 is out of range for a size of 2")},
      {"[1, 2][dyn(1.0)]", "2"},
      {"[1, 2][dyn(0.5)]", Error("INVALID_ARGUMENT",
                                 "list index is '0.5', expected a whole "
                                 "number")},
      {"[1][dyn(18446744073709551615u)]",
       Error("INDEX_OUT_OF_RANGE",
             "list index 9223372036854775807 is out of range for a size of "
             "1")},
      {"dyn(1)[0]", Error("NO_SUCH_OVERLOAD", "type 'int' has no index")},
  });
}

TEST(StringTest, LooksIntoStrings) {
  Expect({
      {"'hello'.contains('ell')", "true"},
      {"'hello'.startsWith('he')", "true"},
      {"'hello'.endsWith('he')", "false"},
      {"'hello'.matches('l+')", "true"},
      {"matches('hello', '^l+$')", "false"},
      {"dyn(1).matches('a')", Error("NO_SUCH_OVERLOAD",
                                    "no overload of 'matches' takes (int, "
                                    "string)")},
  });
}

TEST(ConversionTest, ConvertsNumbers) {
  Expect({
      {"int(3.9)", "3"},
      {"int(-3.9)", "-3"},
      {"int('-12')", "-12"},
      {"int('+12')", "12"},
      {"int('1x')", Error("INVALID_ARGUMENT", "can't read \"1x\" as int")},
      {"int(9223372036854775808.0)",
       Error("OVERFLOW", "9223372036854775808.0 does not fit int")},
      {"int(0.0 / 0.0)", Error("OVERFLOW", "nan does not fit int")},
      {"int(18446744073709551615u)",
       Error("OVERFLOW", "18446744073709551615u does not fit int")},
      {"uint(-1)", Error("OVERFLOW", "-1 does not fit uint")},
      {"uint(3.9)", "3u"},
      {"uint('7')", "7u"},
      {"double('1e3')", "1000.0"},
      {"double(7)", "7.0"},
      {"double('1e-400')", "0.0"},
      {"double('1e400')",
       Error("INVALID_ARGUMENT", "can't read \"1e400\" as double")},
      {"double('-inf')", "-inf"},
      {"double('x')", Error("INVALID_ARGUMENT", "can't read \"x\" as double")},
      {"bool('t')", "true"},
      {"bool('FALSE')", "false"},
      {"bool('yes')", Error("INVALID_ARGUMENT", "can't read \"yes\" as bool")},
      {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
  });
}

TEST(ConversionTest, ConvertsTexts) {
  Expect({
      {"string(1) + string(2u) + string(true)", "\"12true\""},
      {"string(1.5) + ' ' + string(1e22)", "\"1.5 1e+22\""},
      {"string(b'\\xc3\\xa9')", "\"\u00e9\""},
      {"string(b'\\xff')",
       Error("INVALID_ARGUMENT", "bytes are not valid UTF-8, so no string")},
      {"bytes('\u00e9')", R"(b"\xc3\xa9")"},
      {"type(type(1)) == type", "true"},
      {"type(timestamp(0))", "google.protobuf.Timestamp"},
  });
}

TEST(TimeTest, ReadsAndWritesTimes) {
  Expect({
      {"string(timestamp('2009-02-13T23:31:30.500Z'))",
       "\"2009-02-13T23:31:30.5Z\""},
      {"string(timestamp('2009-02-13T23:31:30+01:00'))",
       "\"2009-02-13T22:31:30Z\""},
      {"string(timestamp('0001-01-01T00:00:00Z'))", "\"0001-01-01T00:00:00Z\""},
      {"timestamp(' 2009-02-13T23:31:30Z')",
       Error("INVALID_ARGUMENT",
             "can't read ' 2009-02-13T23:31:30Z', expected a time such as "
             "2009-02-13T23:31:30.5Z (RFC 3339)")},
      {"timestamp('infinite-future') == timestamp(0)",
       Error("INVALID_ARGUMENT",
             "can't read 'infinite-future', expected a time such as "
             "2009-02-13T23:31:30.5Z (RFC 3339)")},
      {"timestamp(253402300800)",
       Error("OVERFLOW", "timestamp is not within the years 1 to 9999")},
      {"string(duration('1h30m1.5s'))", "\"5401.5s\""},
      {"string(duration('-1.25s'))", "\"-1.25s\""},
      {"duration('inf')",
       Error("INVALID_ARGUMENT",
             "can't read 'inf', expected a duration such as 1h30m or 1.5s")},
      {"duration('400000000000s')",
       Error("OVERFLOW", "duration is longer than 315576000000s")},
  });
}

TEST(TimeTest, ComputesWithTimes) {
  Expect({
      {"timestamp(60) - timestamp(0) == duration('1m')", "true"},
      {"timestamp(0) + duration('90s') == timestamp(90)", "true"},
      {"duration('90s') + timestamp(0) == timestamp(90)", "true"},
      {"timestamp(90) - duration('90s') == timestamp(0)", "true"},
      {"duration('1s') < duration('2s')", "true"},
      {"timestamp('9999-12-31T23:59:59Z') + duration('1s')",
       Error("OVERFLOW", "timestamp is not within the years 1 to 9999")},
  });
}

TEST(TimeTest, SelectsComponents) {
  const std::string t = "timestamp('2009-02-13T23:31:30.25Z')";
  Expect({
      {t + ".getFullYear()", "2009"},
      {t + ".getMonth()", "1"},
      {t + ".getDate()", "13"},
      {t + ".getDayOfMonth()", "12"},
      {t + ".getDayOfWeek()", "5"},
      {t + ".getDayOfYear()", "43"},
      {t + ".getHours()", "23"},
      {t + ".getMinutes()", "31"},
      {t + ".getSeconds()", "30"},
      {t + ".getMilliseconds()", "250"},
      {t + ".getDate('Australia/Sydney')", "14"},
      {t + ".getHours('-02:30')", "21"},
      {t + ".getHours('02:00')", "1"},
      {t + ".getHours('../etc/passwd')",
       Error("INVALID_ARGUMENT",
             "can't read '../etc/passwd', expected a time zone such as "
             "Europe/Berlin or +01:00")},
      {"duration('3730s').getHours()", "1"},
      {"duration('3730s').getMinutes()", "62"},
      {"duration('1.5s').getSeconds()", "1"},
      {"duration('1.5s').getMilliseconds()", "500"},
  });
}

}  // namespace
}  // namespace phoenix::cel
