#include "libs/telemetry/sink_queue_metrics.h"

namespace phoenix {
namespace {

MetricLabels LabelsOf(const std::string& sink) {
  return {{label::kComponentName, sink}};
}

void AddGrowth(const Counter& counter, uint64_t before, uint64_t now) {
  if (now > before) counter.Add(now - before);
}

}  // namespace

SinkQueueMetrics::SinkQueueMetrics(MetricsRegistry& registry,
                                   const std::string& sink,
                                   uint64_t max_size_bytes)
    : spilled_(
          registry.AddCounter(metric::kSinkQueueSpilledEvents, LabelsOf(sink))),
      delivered_(Settled(registry, sink, Settlement::kDelivered)),
      dead_lettered_(Settled(registry, sink, Settlement::kDeadLettered)),
      dropped_(Settled(registry, sink, Settlement::kDropped)),
      missing_(
          registry.AddCounter(metric::kSinkQueueMissingEvents, LabelsOf(sink))),
      turned_away_(registry.AddCounter(metric::kSinkQueueTurnedAwayEvents,
                                       LabelsOf(sink))),
      waiting_(
          registry.AddGauge(metric::kSinkQueueWaitingEvents, LabelsOf(sink))),
      size_bytes_(
          registry.AddGauge(metric::kSinkQueueSizeBytes, LabelsOf(sink))),
      lag_(registry.AddGauge(metric::kSinkQueueLag, LabelsOf(sink))),
      refusing_(registry.AddGauge(metric::kSinkQueueRefusing, LabelsOf(sink))) {
  registry.AddGauge(metric::kSinkQueueMaxSizeBytes, LabelsOf(sink))
      .Set(static_cast<double>(max_size_bytes));
}

Counter SinkQueueMetrics::Settled(MetricsRegistry& registry,
                                  const std::string& sink,
                                  Settlement settlement) const {
  return registry.AddCounter(
      metric::kSinkQueueSettledEvents,
      {{label::kComponentName, sink},
       {label::kOutcome, std::string(SettlementName(settlement))}});
}

void SinkQueueMetrics::Publish(const SinkQueueNumbers& now) {
  AddGrowth(spilled_, last_.spilled, now.spilled);
  AddGrowth(delivered_, last_.delivered, now.delivered);
  AddGrowth(dead_lettered_, last_.dead_lettered, now.dead_lettered);
  AddGrowth(dropped_, last_.dropped, now.dropped);
  AddGrowth(missing_, last_.missing, now.missing);
  AddGrowth(turned_away_, last_.turned_away, now.turned_away);
  waiting_.Set(static_cast<double>(now.waiting));
  size_bytes_.Set(static_cast<double>(now.size_bytes));
  lag_.Set(now.lag_seconds);
  refusing_.Set(now.refuses ? 1 : 0);
  last_ = now;
}

}  // namespace phoenix
