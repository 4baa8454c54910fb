#include "tools/phoenix/route_metrics.h"

#include <string>

#include "libs/telemetry/names.h"

namespace phoenix {
namespace {

// A condition fails in no other way: see RowEvaluator::StatusOf.
constexpr char kErrorType[] = "invalid_argument";

MetricLabels LabelsOf(const CompiledRoute& route) {
  const std::string kind(ComponentKindName(ComponentKind::kRoute));
  return {{label::kComponentKind, kind},
          {label::kComponentType, kind},
          {label::kComponentName, route.name},
          {label::kStage, std::string(ErrorStageName(ErrorStage::kProcessing))},
          {label::kErrorType, kErrorType}};
}

}  // namespace

RouteMetrics::RouteMetrics(MetricsRegistry& registry,
                           absl::Span<const CompiledRoute> routes) {
  for (const CompiledRoute& route : routes) {
    errors_.push_back(
        registry.AddCounter(metric::kComponentErrors, LabelsOf(route)));
  }
}

void RouteMetrics::OnFailed(size_t route, size_t events) {
  errors_[route].Add(events);
}

}  // namespace phoenix
