#include "libs/engine/route_table.h"

#include <map>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RouteTableTest : public ::testing::Test {
 protected:
  // An empty condition is none.
  void Add(std::string name, const std::string& when,
           std::vector<size_t> sinks) {
    CompiledRoute route;
    route.name = std::move(name);
    if (!when.empty()) {
      std::vector<RuleError> errors;
      route.when = builder_.AddCondition(when, errors);
      ASSERT_THAT(errors, IsEmpty());
    }
    route.sinks = std::move(sinks);
    routes_.push_back(std::move(route));
  }

  RoutesResult Run(const std::vector<std::string>& payloads,
                   size_t sink_count = 3) {
    Frame frame(*builder_.Build());
    frame.Reset(JsonBatch(payloads));
    Selection rows;
    SelectAll(static_cast<uint32_t>(payloads.size()), rows);
    RoutesResult result;
    RouteTable(routes_, sink_count).Run(frame, rows, result);
    return result;
  }

  RuleSetBuilder builder_;
  std::vector<CompiledRoute> routes_;
};

TEST_F(RouteTableTest, SendsARowToEveryRouteThatHolds) {
  Add("small", "data.x < 10", {0});
  Add("even", "data.x % 2 == 0", {1});
  const RoutesResult result =
      Run({R"({"x":1})", R"({"x":2})", R"({"x":12})", R"({"x":13})"});
  EXPECT_THAT(result.by_sink[0], ElementsAre(0, 1));
  EXPECT_THAT(result.by_sink[1], ElementsAre(1, 2));
  EXPECT_THAT(result.unrouted, ElementsAre(3));
}

class CountingObserver : public RouteObserver {
 public:
  void OnFailed(size_t route, size_t events) override {
    failed[route] += events;
  }
  std::map<size_t, size_t> failed;
};

TEST_F(RouteTableTest, TellsItsObserverOfEachFailureOnce) {
  Add("small", "data.x < 10", {0});
  Add("even", "data.y % 2 == 0", {1});
  CountingObserver observer;
  Frame frame(*builder_.Build());
  frame.Reset(JsonBatch({R"({"x":1,"y":1})", R"({})", R"({"x":1})", "{}"}));
  RoutesResult result;
  RouteTable(routes_, 2, &observer).Run(frame, {0, 1, 2, 3}, result);
  EXPECT_THAT(observer.failed, ElementsAre(std::pair(0, 2), std::pair(1, 1)));
}

TEST_F(RouteTableTest, GivesTheRestToARouteWithoutCondition) {
  Add("small", "data.x < 10", {0});
  Add("rest", "", {2});
  const RoutesResult result = Run({R"({"x":1})", R"({"x":20})"});
  EXPECT_THAT(result.by_sink[0], ElementsAre(0));
  EXPECT_THAT(result.by_sink[2], ElementsAre(1));
  EXPECT_THAT(result.unrouted, IsEmpty());
}

TEST_F(RouteTableTest, SendsARowOnceToASinkOfSeveralRoutes) {
  Add("small", "data.x < 10", {0});
  Add("even", "data.x % 2 == 0", {0, 1});
  const RoutesResult result = Run({R"({"x":2})", R"({"x":12})"});
  EXPECT_THAT(result.by_sink[0], ElementsAre(0, 1));
  EXPECT_THAT(result.by_sink[1], ElementsAre(0, 1));
}

TEST_F(RouteTableTest, SendsARowWhoseConditionFailsNowhere) {
  Add("all", "true", {0});
  Add("small", "data.x < 10", {1});
  Add("rest", "", {2});
  const RoutesResult result = Run({R"({"y":1})", R"({"x":2})"});
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].row, 0u);
  EXPECT_EQ(result.failed[0].route, 1u);
  EXPECT_THAT(result.by_sink[0], ElementsAre(1));
  EXPECT_THAT(result.by_sink[1], ElementsAre(1));
  EXPECT_THAT(result.by_sink[2], IsEmpty());
  EXPECT_THAT(result.unrouted, IsEmpty());
}

TEST_F(RouteTableTest, ReportsTheFirstFailureOfARowOnly) {
  Add("one", "data.x < 10", {0});
  Add("two", "data.x > 10", {1});
  const RoutesResult result = Run({"{}"});
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].route, 0u);
}

TEST_F(RouteTableTest, StartsAnewWithEachBatch) {
  Add("small", "data.x < 10", {0});
  Frame frame(*builder_.Build());
  RouteTable table(routes_, 1);
  RoutesResult result;
  frame.Reset(JsonBatch({R"({"x":1})", R"({"x":2})"}));
  table.Run(frame, {0, 1}, result);
  frame.Reset(JsonBatch({R"({"x":30})"}));
  table.Run(frame, {0}, result);
  EXPECT_THAT(result.by_sink[0], IsEmpty());
  EXPECT_THAT(result.unrouted, ElementsAre(0));
}

}  // namespace
}  // namespace phoenix
