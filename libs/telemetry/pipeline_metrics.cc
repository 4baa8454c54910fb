#include "libs/telemetry/pipeline_metrics.h"

namespace phoenix {
namespace {

std::vector<Counter> SettledCounters(MetricsRegistry& registry,
                                     const std::string& pipeline) {
  std::vector<Counter> counters;
  for (int i = 0; i < kSettlementCount; ++i) {
    const auto settlement = static_cast<Settlement>(i);
    counters.push_back(registry.AddCounter(
        metric::kPipelineSettledEvents,
        {{label::kPipeline, pipeline},
         {label::kOutcome, std::string(SettlementName(settlement))}}));
  }
  return counters;
}

}  // namespace

PipelineMetrics::PipelineMetrics(MetricsRegistry& registry,
                                 const std::string& pipeline)
    : received_events_(registry.AddCounter(metric::kPipelineReceivedEvents,
                                           {{label::kPipeline, pipeline}})),
      received_bytes_(registry.AddCounter(metric::kPipelineReceivedBytes,
                                          {{label::kPipeline, pipeline}})),
      recovered_events_(registry.AddCounter(metric::kPipelineRecoveredEvents,
                                            {{label::kPipeline, pipeline}})),
      settled_(SettledCounters(registry, pipeline)),
      in_flight_(registry.AddGauge(metric::kPipelineInFlightEvents,
                                   {{label::kPipeline, pipeline}})),
      last_event_(registry.AddGauge(metric::kPipelineLastEventTimestamp,
                                    {{label::kPipeline, pipeline}})),
      unaccounted_(registry.AddGauge(metric::kUnaccountedEvents,
                                     {{label::kPipeline, pipeline}})),
      delivery_(registry.AddHistogram(metric::kPipelineDeliveryDuration,
                                      {{label::kPipeline, pipeline}})) {}

void PipelineMetrics::Received(uint64_t events, uint64_t bytes,
                               absl::Time now) {
  received_events_.Add(events);
  received_bytes_.Add(bytes);
  in_flight_.Add(static_cast<double>(events));
  last_event_.Set(absl::ToDoubleSeconds(now - absl::UnixEpoch()));
}

void PipelineMetrics::Recovered(uint64_t events) {
  recovered_events_.Add(events);
  in_flight_.Add(static_cast<double>(events));
}

void PipelineMetrics::Settled(Settlement settlement, uint64_t events) {
  settled_[static_cast<size_t>(settlement)].Add(events);
  in_flight_.Add(-static_cast<double>(events));
}

void PipelineMetrics::ObserveDelivery(absl::Duration duration,
                                      uint64_t events) {
  if (events == 0) return;
  delivery_.Observe(absl::ToDoubleSeconds(duration), events);
}

}  // namespace phoenix
