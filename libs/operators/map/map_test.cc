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

using ::testing::AllOf;
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
  return OperatorHarness(&RegisterMap, "map", config);
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

TEST(MapTest, RefusesTwoChangesOfOneField) {
  EXPECT_THAT(
      Map("set {path: 'data.a' value: '1'} remove: 'data.a'").errors(),
      Contains(AllOf(HasSubstr("remove[0]"), HasSubstr("set[0].path"))));
  EXPECT_THAT(
      Map("set {path: 'data.a.b' value: '1'} remove: 'data.a'").errors(),
      Contains(HasSubstr("changed twice")));
  EXPECT_THAT(
      Map("rename {from: 'data.a' to: 'data.b'} remove: 'data.b'").errors(),
      Contains(HasSubstr("rename[0].to")));
  EXPECT_THAT(Map("set {path: 'data.ab' value: '1'} remove: 'data.a'").errors(),
              IsEmpty());
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
