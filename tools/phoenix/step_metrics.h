#ifndef TOOLS_PHOENIX_STEP_METRICS_H_
#define TOOLS_PHOENIX_STEP_METRICS_H_

#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "libs/engine/step_chain.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/telemetry/component_metrics.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// Publishes what the steps of a pipeline do. Thread-safe.
class StepMetrics : public StepObserver {
 public:
  StepMetrics(MetricsRegistry& registry, absl::Span<const CompiledStep> steps);

  void OnStep(const Run& run) override;

  // In the order of the steps.
  const std::vector<std::unique_ptr<ComponentMetrics>>& steps() const {
    return metrics_;
  }

 private:
  std::vector<std::unique_ptr<ComponentMetrics>> metrics_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_STEP_METRICS_H_
