#ifndef TOOLS_PHOENIX_ROUTE_METRICS_H_
#define TOOLS_PHOENIX_ROUTE_METRICS_H_

#include <vector>

#include "absl/types/span.h"
#include "libs/engine/route_table.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// Publishes for each route of a pipeline the events for which its condition had
// no value, from 0 on. Thread-safe; outlived by the registry.
class RouteMetrics : public RouteObserver {
 public:
  RouteMetrics(MetricsRegistry& registry,
               absl::Span<const CompiledRoute> routes);

  void OnFailed(size_t route, size_t events) override;

 private:
  std::vector<Counter> errors_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_ROUTE_METRICS_H_
