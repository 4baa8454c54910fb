#include "libs/telemetry/dead_letter_metrics.h"

namespace phoenix {
namespace {

MetricLabels LabelsOf(const std::string& pipeline, const std::string& sink) {
  return {{label::kPipeline, pipeline}, {label::kComponentName, sink}};
}

}  // namespace

DeadLetterMetrics::DeadLetterMetrics(MetricsRegistry& registry,
                                     const std::string& pipeline,
                                     const std::string& sink)
    : waiting_events_(registry.AddGauge(metric::kDeadLetterWaitingEvents,
                                        LabelsOf(pipeline, sink))),
      size_bytes_(registry.AddGauge(metric::kDeadLetterSizeBytes,
                                    LabelsOf(pipeline, sink))),
      max_events_(registry.AddGauge(metric::kDeadLetterMaxEvents,
                                    LabelsOf(pipeline, sink))),
      max_size_bytes_(registry.AddGauge(metric::kDeadLetterMaxSizeBytes,
                                        LabelsOf(pipeline, sink))),
      dropped_events_(registry.AddCounter(metric::kDeadLetterDroppedEvents,
                                          LabelsOf(pipeline, sink))) {}

void DeadLetterMetrics::SetMaximum(uint64_t events, uint64_t bytes) const {
  max_events_.Set(static_cast<double>(events));
  max_size_bytes_.Set(static_cast<double>(bytes));
}

void DeadLetterMetrics::SetWaiting(uint64_t events, uint64_t bytes) const {
  waiting_events_.Set(static_cast<double>(events));
  size_bytes_.Set(static_cast<double>(bytes));
}

void DeadLetterMetrics::Dropped(uint64_t events) const {
  dropped_events_.Add(events);
}

}  // namespace phoenix
