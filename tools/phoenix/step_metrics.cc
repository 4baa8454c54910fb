#include "tools/phoenix/step_metrics.h"

namespace phoenix {

StepMetrics::StepMetrics(MetricsRegistry& registry,
                         absl::Span<const CompiledStep> steps) {
  for (const CompiledStep& step : steps) {
    metrics_.push_back(std::make_unique<ComponentMetrics>(
        registry, ComponentId{.kind = ComponentKind::kStep,
                              .type = step.kind,
                              .name = step.name}));
  }
}

void StepMetrics::OnStep(const Run& run) {
  ComponentMetrics& metrics = *metrics_[run.step];
  metrics.Received(run.received, run.received_bytes);
  metrics.Sent(run.sent, run.sent_bytes);
  if (run.filtered > 0) metrics.Discarded(/*intentional=*/true, run.filtered);
  if (run.dropped > 0) metrics.Discarded(/*intentional=*/false, run.dropped);
  if (run.failed > 0) {
    metrics.Failed(ErrorStage::kProcessing, run.error_type, run.failed);
  }
  metrics.Processed(absl::Nanoseconds(run.nanos));
}

}  // namespace phoenix
