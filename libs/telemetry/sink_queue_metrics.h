#ifndef LIBS_TELEMETRY_SINK_QUEUE_METRICS_H_
#define LIBS_TELEMETRY_SINK_QUEUE_METRICS_H_

#include <cstdint>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// What a sink's queue knows of what it has on disk and of what it turned away,
// in events unless said otherwise.
struct SinkQueueNumbers {
  uint64_t spilled = 0;  // Since the start, as the next five.
  uint64_t delivered = 0;
  uint64_t dead_lettered = 0;
  uint64_t dropped = 0;
  uint64_t missing = 0;
  uint64_t turned_away = 0;
  uint64_t waiting = 0;  // Now, as the next three.
  uint64_t size_bytes = 0;
  double lag_seconds = 0;
  bool refuses = false;  // Its disk, what is put on it.
};

// The metrics of a sink's queue beyond those of its part in memory
// (BufferMetrics), from 0 on. Thread-compatible; outlived by the registry.
class SinkQueueMetrics {
 public:
  // `max_size_bytes`: of the disk; 0 without a part there.
  SinkQueueMetrics(MetricsRegistry& registry, const std::string& sink,
                   uint64_t max_size_bytes);

  // These are the numbers as of now; of each counter, not less than before.
  void Publish(const SinkQueueNumbers& now);

 private:
  Counter Settled(MetricsRegistry& registry, const std::string& sink,
                  Settlement settlement) const;

  const Counter spilled_;
  const Counter delivered_;
  const Counter dead_lettered_;
  const Counter dropped_;
  const Counter missing_;
  const Counter turned_away_;
  const Gauge waiting_;
  const Gauge size_bytes_;
  const Gauge lag_;
  const Gauge refusing_;
  SinkQueueNumbers last_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_SINK_QUEUE_METRICS_H_
