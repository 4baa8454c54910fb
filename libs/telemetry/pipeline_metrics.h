#ifndef LIBS_TELEMETRY_PIPELINE_METRICS_H_
#define LIBS_TELEMETRY_PIPELINE_METRICS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// The metrics of a pipeline as a whole: what came in, how it was settled, how
// long that took. Calls are for whole batches. Thread-safe; outlived by the
// registry.
class PipelineMetrics {
 public:
  PipelineMetrics(MetricsRegistry& registry, const std::string& pipeline);

  // Accepted at a door at `now`: from here on in flight.
  void Received(uint64_t events, uint64_t bytes, absl::Time now);

  // The log has handed on events of an earlier run: in flight again.
  void Recovered(uint64_t events);

  // These events have their outcome, and are no longer in flight.
  void Settled(Settlement settlement, uint64_t events);

  // Time from the door to the final outcome of these events.
  void ObserveDelivery(absl::Duration duration, uint64_t events);

  // What the ledger finds missing when it counts by itself: received less
  // settled less in flight. 0 unless something is broken.
  void SetUnaccounted(int64_t events) {
    unaccounted_.Set(static_cast<double>(events));
  }

  uint64_t received_events() const { return received_events_.value(); }
  uint64_t recovered_events() const { return recovered_events_.value(); }
  uint64_t received_bytes() const { return received_bytes_.value(); }
  uint64_t settled_events(Settlement settlement) const {
    return settled_[static_cast<size_t>(settlement)].value();
  }
  uint64_t in_flight_events() const {
    return static_cast<uint64_t>(in_flight_.value());
  }
  HistogramValue delivery_duration() const { return delivery_.value(); }

 private:
  const Counter received_events_;
  const Counter received_bytes_;
  const Counter recovered_events_;
  std::vector<Counter> settled_;  // By Settlement.
  const Gauge in_flight_;
  const Gauge last_event_;
  const Gauge unaccounted_;
  const Histogram delivery_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_PIPELINE_METRICS_H_
