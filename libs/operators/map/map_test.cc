#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_harness.h"
#include "libs/component/testing/operator_suite.h"
#include "libs/operators/map/edit_list.h"
#include "libs/operators/map/map_factory.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const bool kRegistered = RegisterOperatorSuite(
    {.name = "Map",
     .register_kind = &RegisterMap,
     .config = "set {path: 'data.y' value: 'data.x + 1'}",
     .payloads = {R"({"x":0})", R"({"x":2})", R"({"z":2})", R"({"x":3})"}});

OperatorHarness Map(const std::string& config) {
  return OperatorHarness(&RegisterMap, config);
}

std::vector<std::string> Mapped(const std::string& config,
                                const std::vector<std::string>& payloads) {
  const StepResult result = Map(config).Process(payloads);
  EXPECT_THAT(result.failed, IsEmpty());
  return result.payloads();
}

TEST(MapTest, SetsFieldsFromThePayloadAsItWas) {
  EXPECT_THAT(Mapped("set {path: 'data.a' value: 'data.b'} "
                     "set {path: 'data.b' value: 'data.a'}",
                     {R"({"a":1,"b":2})"}),
              ElementsAre(R"({"a":2,"b":1})"));
}

TEST(MapTest, AddsFields) {
  EXPECT_THAT(
      Mapped("set {path: 'data.stage' value: '\"prod\"'}", {R"({"a":1})"}),
      ElementsAre(R"({"a":1,"stage":"prod"})"));
}

TEST(MapTest, RemovesAndRenames) {
  EXPECT_THAT(Mapped("remove: 'data.b' rename {from: 'data.a' to: 'data.c'}",
                     {R"({"a":1,"b":2})"}),
              ElementsAre(R"({"c":1})"));
}

TEST(MapTest, CastsFields) {
  EXPECT_THAT(Mapped("cast {path: 'data.i' type: CAST_TYPE_INT} "
                     "cast {path: 'data.d' type: CAST_TYPE_DOUBLE} "
                     "cast {path: 'data.s' type: CAST_TYPE_STRING}",
                     {R"({"i":"7","d":"1.5","s":8})"}),
              ElementsAre(R"({"i":7,"d":1.5,"s":"8"})"));
}

TEST(MapTest, CastsAWholeNumberBeyond64BitsToTheNearestDouble) {
  EXPECT_THAT(Mapped("cast {path: 'data.n' type: CAST_TYPE_DOUBLE}",
                     {R"({"n":18446744073709551616})",
                      R"({"n":-9223372036854775809})"}),
              ElementsAre(R"({"n":18446744073709551616.0})",
                          R"({"n":-9223372036854775808.0})"));
}

TEST(MapTest, CastsNoNumberBeyondAnyDouble) {
  const std::string digits(400, '9');
  const StepResult result =
      Map("cast {path: 'data.n' type: CAST_TYPE_DOUBLE}")
          .Process({"{\"n\":" + digits + "}", R"({"n":1e999})", R"({"n":2})"});
  EXPECT_THAT(result.failed_rows(), ElementsAre(0, 1));
}

// docs/concepts/rules.md, "Copied or computed".
TEST(MapTest, CopiesBytesThatItCouldNotCompute) {
  const std::vector<std::string> payloads = {
      R"({"a":18446744073709551616})", R"({"a":1,"a":2})", R"({"a":1.10})"};
  EXPECT_THAT(Mapped("set {path: 'data.r' value: 'data'}", payloads),
              ElementsAre(R"({"a":18446744073709551616,)"
                          R"("r":{"a":18446744073709551616}})",
                          R"({"a":1,"a":2,"r":{"a":1,"a":2}})",
                          R"({"a":1.10,"r":{"a":1.10}})"));
  const StepResult computed =
      Map("set {path: 'data.r' value: '[0].map(z, data)[0]'}")
          .Process(payloads);
  EXPECT_THAT(computed.failed_rows(), ElementsAre(0, 1));
  EXPECT_EQ(computed.batch->payload(2), R"({"a":1.10,"r":{"a":1.1}})");
  EXPECT_THAT(Mapped("set {path: 'data.r' value: 'data.a'}",
                     {R"({"a":[1.10,18446744073709551616]})", R"({"a":1.10})"}),
              ElementsAre(R"({"a":[1.10,18446744073709551616],)"
                          R"("r":[1.10,18446744073709551616]})",
                          R"({"a":1.10,"r":1.1})"));
}

TEST(MapTest, LeavesRowsThatFailAsTheyWere) {
  const StepResult result =
      Map("set {path: 'data.y' value: 'data.x + 1'}")
          .Process({R"({"x":1})", R"({"z":1})", R"({"x":"a"})"});
  EXPECT_THAT(result.passed, ElementsAre(0));
  EXPECT_THAT(result.failed_rows(), ElementsAre(1, 2));
  EXPECT_EQ(result.batch->payload(1), R"({"z":1})");
}

TEST(MapTest, PointsAtTheFieldThatIsWrong) {
  EXPECT_THAT(Map("set {path: 'data.a' value: '1'} "
                  "set {path: 'data.b' value: '1 +'}")
                  .errors(),
              Contains(HasSubstr("set[1].value@3")));
  EXPECT_THAT(Map("set {path: 'id' value: '1'}").errors(),
              Contains(HasSubstr("set[0].path")));
  EXPECT_THAT(Map("remove: 'data.ok' remove: 'nonsense'").errors(),
              Contains(HasSubstr("remove[1]")));
  EXPECT_THAT(Map("cast {path: 'data.a'}").errors(),
              Contains(HasSubstr("cast[0].type")));
}

TEST(MapTest, CastsSecondsToTimestampsWithWhatIsBehindThePoint) {
  EXPECT_THAT(Mapped("cast {path: 'data.t' type: CAST_TYPE_TIMESTAMP}",
                     {R"({"t":5})", R"({"t":5.9})", R"({"t":1700000000.1})",
                      R"({"t":-1.5})", R"({"t":0.0})",
                      R"({"t":"2023-11-14T22:13:20.25+01:00"})"}),
              ElementsAre(R"({"t":"1970-01-01T00:00:05Z"})",
                          R"({"t":"1970-01-01T00:00:05.9Z"})",
                          R"({"t":"2023-11-14T22:13:20.1Z"})",
                          R"({"t":"1969-12-31T23:59:58.5Z"})",
                          R"({"t":"1970-01-01T00:00:00Z"})",
                          R"({"t":"2023-11-14T21:13:20.25Z"})"));
  EXPECT_THAT(Map("cast {path: 'data.t' type: CAST_TYPE_TIMESTAMP}")
                  .Process({R"({"t":1e300})", R"({"t":true})", R"({"t":"x"})"})
                  .failed_rows(),
              ElementsAre(0, 1, 2));
}

TEST(MapTest, TakesPathsInEitherQuotesWithEscapes) {
  EXPECT_THAT(Mapped(R"(set {path: "data['a b']" value: '1'}
                        set {path: 'data["c d"].e' value: '2'}
                        remove: "data['\\x41\\'\\u00e9']")",
                     {R"({"A'\u00e9":0,"a b":0})"}),
              ElementsAre(R"({"a b":1,"c d":{"e":2}})"));
}

TEST(MapTest, RefusesTwoChangesOfOneField) {
  EXPECT_THAT(
      Map("set {path: \"data['a']\" value: '1'} remove: 'data.a'").errors(),
      ElementsAre("remove[0]@0: path 'data.a' meets the change of "
                  "'data['a']': expected a step of its own, see line 1"));
  EXPECT_THAT(
      Map("set {path: 'data.a.b' value: '1'} remove: 'data.a'").errors(),
      ElementsAre("remove[0]@0: path 'data.a' meets the change of "
                  "'data.a.b': expected a step of its own, see line 1"));
  EXPECT_THAT(
      Map("rename {from: 'data.a' to: 'data.b'} remove: 'data.b'").errors(),
      ElementsAre("remove[0]@0: path 'data.b' meets the change of "
                  "'data.a': expected a step of its own, see line 1"));
  EXPECT_THAT(Map("set {path: 'data.ab' value: '1'} remove: 'data.a'").errors(),
              IsEmpty());
}

TEST(MapTest, ReportsOneChangeThatManyOthersMeetOnce) {
  std::string config = "set {path: 'data.a' value: '0'}";
  for (const char* field : {"b", "c", "d", "e", "f", "g", "h"}) {
    config += std::string(" remove: 'data.a.") + field + "'";
  }
  EXPECT_THAT(Map(config).errors(),
              ElementsAre("remove[0]@0: path 'data.a.b' meets the change of "
                          "'data.a': expected a step of its own, see line 1"));
}

TEST(MapTest, ReportsWrongPathsAndWrongValuesTogether) {
  EXPECT_THAT(
      Map("set {path: 'dta.a' value: '1/0'} cast {path: 'data.' type: "
          "CAST_TYPE_INT} set {path: 'data.b' value: '1.0/0.0'}")
          .errors(),
      ElementsAre("set[0].value@1: '1/0' always fails: division by zero",
                  "set[1].value@0: expression is always inf: expected what "
                  "JSON can hold",
                  "cast[0].path@5: path 'data.': unexpected end of "
                  "expression, expected a field or function name",
                  "set[0].path@0: path 'dta.a': expected a field of the "
                  "payload, such as 'data.name'"));
}

TEST(MapTest, WantsSomethingToDo) {
  EXPECT_THAT(Map("").errors(), ElementsAre(HasSubstr("nothing to do")));
}

TEST(MapTest, BoundsTheChangesOfAStep) {
  std::string config;
  for (size_t i = 0; i < EditList::kMaxEdits; ++i) {
    config += " remove: 'data.f" + std::to_string(i) + "'";
  }
  EXPECT_THAT(Map(config).errors(), IsEmpty());
  EXPECT_THAT(Map(config + " remove: 'data.more'").errors(),
              ElementsAre(HasSubstr("expected at most 256")));
}

}  // namespace
}  // namespace phoenix
