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
      refusing_(registry.AddGauge(metric::kLogRefusing, LabelsOf(pipeline))) {
  const MetricLabels labels = LabelsOf(pipeline);
  if (storage == LogStorage::kOthers) {
    lag_records_.emplace(registry.AddGauge(metric::kLogLagRecords, labels));
    return;
  }
  own_.emplace(OwnStorage{
      .lag_events = registry.AddGauge(metric::kLogLagEvents, labels),
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
  refusing_.Set(now.refuses ? 1 : 0);
  if (lag_records_) lag_records_->Set(static_cast<double>(now.lag_records));
  if (own_) {
    own_->lag_events.Set(static_cast<double>(now.lag_events));
    AddGrowth(own_->syncs, last_.syncs, now.syncs);
    own_->segments.Set(static_cast<double>(now.segments));
    own_->size_bytes.Set(static_cast<double>(now.size_bytes));
  }
  last_ = now;
}

}  // namespace phoenix
