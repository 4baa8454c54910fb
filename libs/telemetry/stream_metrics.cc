#include "libs/telemetry/stream_metrics.h"

namespace phoenix {
namespace {

MetricLabels LabelsOf(const std::string& service, const std::string& name) {
  return {{label::kPeerService, service}, {label::kPeerName, name}};
}

void AddGrowth(const Counter& counter, int64_t before, int64_t now) {
  if (now > before) counter.Add(static_cast<uint64_t>(now - before));
}

}  // namespace

StreamMetrics::StreamMetrics(MetricsRegistry& registry,
                             const std::string& peer_service,
                             const std::string& peer_name)
    : sent_batches_(registry.AddCounter(metric::kStreamSentBatches,
                                        LabelsOf(peer_service, peer_name))),
      resent_batches_(registry.AddCounter(metric::kStreamResentBatches,
                                          LabelsOf(peer_service, peer_name))),
      reconnects_(registry.AddCounter(metric::kStreamReconnects,
                                      LabelsOf(peer_service, peer_name))),
      in_flight_batches_(registry.AddGauge(metric::kStreamInFlightBatches,
                                           LabelsOf(peer_service, peer_name))),
      in_flight_bytes_(registry.AddGauge(metric::kStreamInFlightBytes,
                                         LabelsOf(peer_service, peer_name))),
      available_credit_bytes_(
          registry.AddGauge(metric::kStreamAvailableCreditBytes,
                            LabelsOf(peer_service, peer_name))) {}

void StreamMetrics::Publish(const StreamNumbers& now) {
  AddGrowth(sent_batches_, last_.sent_batches, now.sent_batches);
  AddGrowth(resent_batches_, last_.resent_batches, now.resent_batches);
  AddGrowth(reconnects_, last_.reconnects, now.reconnects);
  in_flight_batches_.Set(static_cast<double>(now.in_flight_batches));
  in_flight_bytes_.Set(static_cast<double>(now.in_flight_bytes));
  available_credit_bytes_.Set(static_cast<double>(now.available_credit_bytes));
  last_ = now;
}

}  // namespace phoenix
