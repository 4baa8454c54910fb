#include "tools/phoenix/route_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

TEST(RouteMetricsTest, CountsFailuresAtTheirRouteFromZeroOn) {
  MetricsRegistry registry;
  std::vector<CompiledRoute> routes(2);
  routes[0].name = "hot";
  routes[1].name = "rest";
  RouteMetrics metrics(registry, routes);
  metrics.OnFailed(0, 2);
  metrics.OnFailed(0, 1);
  const auto series = [](const char* name, const char* value) {
    return std::string(
               "phoenix_component_errors_total{component_kind=\"route"
               "\",component_name=\"") +
           name +
           "\",component_type=\"route\",error_type=\"invalid_argument\","
           "stage=\"processing\"} " +
           value + "\n";
  };
  EXPECT_THAT(registry.Render(), HasSubstr(series("hot", "3")));
  EXPECT_THAT(registry.Render(), HasSubstr(series("rest", "0")));
}

}  // namespace
}  // namespace phoenix
