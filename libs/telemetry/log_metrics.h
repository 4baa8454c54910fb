#ifndef LIBS_TELEMETRY_LOG_METRICS_H_
#define LIBS_TELEMETRY_LOG_METRICS_H_

#include <cstdint>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// What a pipeline's durable log knows of itself.
struct LogNumbers {
  uint64_t appended_events = 0;  // Since the start, as the next three.
  uint64_t corrupt_records = 0;
  uint64_t dropped_events = 0;
  uint64_t syncs = 0;
  uint64_t lag_events = 0;  // Now, as the next two.
  uint64_t segments = 0;
  uint64_t size_bytes = 0;
};

// The metrics of a pipeline's log, from 0 on: they stay there when it has none.
// Thread-compatible; outlived by the registry.
class LogMetrics {
 public:
  LogMetrics(MetricsRegistry& registry, const std::string& pipeline);

  // What the log may use.
  void SetMaximum(uint64_t bytes) const;

  // These are the numbers as of now; of each counter, not less than before.
  void Publish(const LogNumbers& now);

 private:
  const Counter appended_events_;
  const Counter corrupt_records_;
  const Counter dropped_events_;
  const Counter syncs_;
  const Gauge lag_events_;
  const Gauge max_size_bytes_;
  const Gauge segments_;
  const Gauge size_bytes_;
  LogNumbers last_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_LOG_METRICS_H_
