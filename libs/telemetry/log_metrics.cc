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

LogMetrics::LogMetrics(MetricsRegistry& registry, const std::string& pipeline,
                       LogStorage storage)
    : appended_events_(
          registry.AddCounter(metric::kLogAppendedEvents, LabelsOf(pipeline))),
      corrupt_records_(
          registry.AddCounter(metric::kLogCorruptRecords, LabelsOf(pipeline))),
      dropped_events_(
          registry.AddCounter(metric::kLogDroppedEvents, LabelsOf(pipeline))),
      expired_records_(
          registry.AddCounter(metric::kLogExpiredRecords, LabelsOf(pipeline))),
      lag_events_(registry.AddGauge(metric::kLogLagEvents, LabelsOf(pipeline))),
      refusing_(registry.AddGauge(metric::kLogRefusing, LabelsOf(pipeline))) {
  if (storage == LogStorage::kOthers) return;
  const MetricLabels labels = LabelsOf(pipeline);
  own_.emplace(OwnStorage{
      .syncs = registry.AddCounter(metric::kLogSyncs, labels),
      .max_size_bytes = registry.AddGauge(metric::kLogMaxSizeBytes, labels),
      .segments = registry.AddGauge(metric::kLogSegments, labels),
      .size_bytes = registry.AddGauge(metric::kLogSizeBytes, labels)});
}

void LogMetrics::SetMaximum(uint64_t bytes) const {
  if (own_) own_->max_size_bytes.Set(static_cast<double>(bytes));
}

void LogMetrics::Publish(const LogNumbers& now) {
  AddGrowth(appended_events_, last_.appended_events, now.appended_events);
  AddGrowth(corrupt_records_, last_.corrupt_records, now.corrupt_records);
  AddGrowth(dropped_events_, last_.dropped_events, now.dropped_events);
  AddGrowth(expired_records_, last_.expired_records, now.expired_records);
  lag_events_.Set(static_cast<double>(now.lag_events));
  refusing_.Set(now.refuses ? 1 : 0);
  if (own_) {
    AddGrowth(own_->syncs, last_.syncs, now.syncs);
    own_->segments.Set(static_cast<double>(now.segments));
    own_->size_bytes.Set(static_cast<double>(now.size_bytes));
  }
  last_ = now;
}

}  // namespace phoenix
