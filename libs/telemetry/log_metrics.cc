#include "libs/telemetry/log_metrics.h"

namespace phoenix {
namespace {

void AddGrowth(const Counter& counter, uint64_t before, uint64_t now) {
  if (now > before) counter.Add(now - before);
}

MetricLabels LabelsOf(const std::string& pipeline) {
  return {{label::kPipeline, pipeline}};
}

}  // namespace

LogMetrics::LogMetrics(MetricsRegistry& registry, const std::string& pipeline)
    : appended_events_(
          registry.AddCounter(metric::kLogAppendedEvents, LabelsOf(pipeline))),
      corrupt_records_(
          registry.AddCounter(metric::kLogCorruptRecords, LabelsOf(pipeline))),
      dropped_events_(
          registry.AddCounter(metric::kLogDroppedEvents, LabelsOf(pipeline))),
      syncs_(registry.AddCounter(metric::kLogSyncs, LabelsOf(pipeline))),
      lag_events_(registry.AddGauge(metric::kLogLagEvents, LabelsOf(pipeline))),
      max_size_bytes_(
          registry.AddGauge(metric::kLogMaxSizeBytes, LabelsOf(pipeline))),
      segments_(registry.AddGauge(metric::kLogSegments, LabelsOf(pipeline))),
      size_bytes_(
          registry.AddGauge(metric::kLogSizeBytes, LabelsOf(pipeline))) {}

void LogMetrics::SetMaximum(uint64_t bytes) const {
  max_size_bytes_.Set(static_cast<double>(bytes));
}

void LogMetrics::Publish(const LogNumbers& now) {
  AddGrowth(appended_events_, last_.appended_events, now.appended_events);
  AddGrowth(corrupt_records_, last_.corrupt_records, now.corrupt_records);
  AddGrowth(dropped_events_, last_.dropped_events, now.dropped_events);
  AddGrowth(syncs_, last_.syncs, now.syncs);
  lag_events_.Set(static_cast<double>(now.lag_events));
  segments_.Set(static_cast<double>(now.segments));
  size_bytes_.Set(static_cast<double>(now.size_bytes));
  last_ = now;
}

}  // namespace phoenix
