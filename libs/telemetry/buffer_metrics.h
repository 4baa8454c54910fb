#ifndef LIBS_TELEMETRY_BUFFER_METRICS_H_
#define LIBS_TELEMETRY_BUFFER_METRICS_H_

#include <cstdint>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// The metrics of one bounded buffer, such as a sink's queue. The pair of
// counters survives a coarse scrape; the sizes show the moment. Thread-safe;
// outlived by the registry.
class BufferMetrics {
 public:
  BufferMetrics(MetricsRegistry& registry, const std::string& buffer_name,
                uint64_t max_size_bytes);

  void Put(uint64_t events, uint64_t bytes);
  void Take(uint64_t events, uint64_t bytes);

  double size_events() const { return size_events_.value(); }
  double size_bytes() const { return size_bytes_.value(); }

  // The part of the buffer that is filled, 0 to 1 (above 1 while one oversized
  // item passes through).
  double fill_ratio() const;

 private:
  const double max_size_bytes_;
  const Counter received_events_;
  const Counter sent_events_;
  const Gauge size_events_;
  const Gauge size_bytes_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_BUFFER_METRICS_H_
