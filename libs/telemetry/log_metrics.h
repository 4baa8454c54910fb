#ifndef LIBS_TELEMETRY_LOG_METRICS_H_
#define LIBS_TELEMETRY_LOG_METRICS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "libs/telemetry/metrics.h"

namespace phoenix {

// What a pipeline's durable log knows of itself.
struct LogNumbers {
  uint64_t appended_events = 0;  // Since the start, as the next four.
  uint64_t corrupt_records = 0;
  uint64_t dropped_events = 0;
  uint64_t expired_records = 0;
  uint64_t syncs = 0;
  uint64_t lag_events = 0;   // Now, as the next three.
  uint64_t lag_records = 0;  // Of others' storage, instead of events.
  uint64_t segments = 0;
  uint64_t size_bytes = 0;
  bool refuses = false;  // See Log::Refuses.
};

// Who keeps a log's storage.
enum class LogStorage {
  kOwn,    // The log: files.
  kOthers  // Somebody whom the log only asks, such as Kafka.
};

// The metrics of a pipeline's log, from 0 on: they stay there when it has none.
// Of storage that others keep, only records are counted, and of its size
// nothing is known, and nothing published.
// Thread-compatible; outlived by the registry.
class LogMetrics {
 public:
  LogMetrics(MetricsRegistry& registry, const std::string& pipeline,
             LogStorage storage = LogStorage::kOwn);

  // What the log may use of its own storage.
  void SetMaximum(uint64_t bytes) const;

  // These are the numbers as of now; of each counter, not less than before.
  void Publish(const LogNumbers& now);

 private:
  const Counter appended_events_;
  const Counter corrupt_records_;
  const Counter dropped_events_;
  const Counter expired_records_;
  const Gauge refusing_;

  // Of its own storage; of others'.
  struct OwnStorage {
    Gauge lag_events;
    Counter syncs;
    Gauge max_size_bytes;
    Gauge segments;
    Gauge size_bytes;
  };
  std::optional<OwnStorage> own_;
  std::optional<Gauge> lag_records_;
  LogNumbers last_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_LOG_METRICS_H_
