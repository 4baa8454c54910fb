#include "libs/telemetry/buffer_metrics.h"

namespace phoenix {

BufferMetrics::BufferMetrics(MetricsRegistry& registry,
                             const std::string& buffer_name,
                             uint64_t max_size_bytes)
    : max_size_bytes_(static_cast<double>(max_size_bytes)),
      received_events_(registry.AddCounter(
          metric::kBufferReceivedEvents, {{label::kBufferName, buffer_name}})),
      sent_events_(registry.AddCounter(metric::kBufferSentEvents,
                                       {{label::kBufferName, buffer_name}})),
      size_events_(registry.AddGauge(metric::kBufferSizeEvents,
                                     {{label::kBufferName, buffer_name}})),
      size_bytes_(registry.AddGauge(metric::kBufferSizeBytes,
                                    {{label::kBufferName, buffer_name}})) {
  registry
      .AddGauge(metric::kBufferMaxSizeBytes,
                {{label::kBufferName, buffer_name}})
      .Set(max_size_bytes_);
}

void BufferMetrics::Put(uint64_t events, uint64_t bytes) {
  received_events_.Add(events);
  size_events_.Add(static_cast<double>(events));
  size_bytes_.Add(static_cast<double>(bytes));
}

void BufferMetrics::Take(uint64_t events, uint64_t bytes) {
  sent_events_.Add(events);
  size_events_.Add(-static_cast<double>(events));
  size_bytes_.Add(-static_cast<double>(bytes));
}

double BufferMetrics::fill_ratio() const {
  return max_size_bytes_ > 0 ? size_bytes() / max_size_bytes_ : 0;
}

}  // namespace phoenix
