#ifndef LIBS_TELEMETRY_STREAM_METRICS_H_
#define LIBS_TELEMETRY_STREAM_METRICS_H_

#include <cstdint>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// What the sender of a stream knows of it.
struct StreamNumbers {
  int64_t sent_batches = 0;  // Since the start, as the next two.
  int64_t resent_batches = 0;
  int64_t reconnects = 0;
  int64_t in_flight_batches = 0;  // Now, as the next two.
  int64_t in_flight_bytes = 0;
  int64_t available_credit_bytes = 0;
};

// The metrics of one stream between two stages, from 0 on. Thread-compatible;
// outlived by the registry.
class StreamMetrics {
 public:
  // The other side: the kind of its service, such as `sink`, and which one.
  StreamMetrics(MetricsRegistry& registry, const std::string& peer_service,
                const std::string& peer_name);

  // These are the numbers as of now; of each counter, not less than before.
  void Publish(const StreamNumbers& now);

 private:
  const Counter sent_batches_;
  const Counter resent_batches_;
  const Counter reconnects_;
  const Gauge in_flight_batches_;
  const Gauge in_flight_bytes_;
  const Gauge available_credit_bytes_;
  StreamNumbers last_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_STREAM_METRICS_H_
