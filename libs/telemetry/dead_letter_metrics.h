#ifndef LIBS_TELEMETRY_DEAD_LETTER_METRICS_H_
#define LIBS_TELEMETRY_DEAD_LETTER_METRICS_H_

#include <cstdint>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// The metrics of a sink that keeps dead letters until somebody handles them,
// from 0 on. Thread-safe; outlived by the registry.
class DeadLetterMetrics {
 public:
  DeadLetterMetrics(MetricsRegistry& registry, const std::string& pipeline,
                    const std::string& sink);

  // What the sink may hold at most.
  void SetMaximum(uint64_t events, uint64_t bytes) const;

  // What it holds now.
  void SetWaiting(uint64_t events, uint64_t bytes) const;

  // Dead letters were given up for newer ones.
  void Dropped(uint64_t events) const;

 private:
  const Gauge waiting_events_;
  const Gauge size_bytes_;
  const Gauge max_events_;
  const Gauge max_size_bytes_;
  const Counter dropped_events_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_DEAD_LETTER_METRICS_H_
