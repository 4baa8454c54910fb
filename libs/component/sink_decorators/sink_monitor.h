#ifndef LIBS_COMPONENT_SINK_DECORATORS_SINK_MONITOR_H_
#define LIBS_COMPONENT_SINK_DECORATORS_SINK_MONITOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/telemetry/component_metrics.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// Watches how a sink's attempts to write go: counts them, and tells the
// process's health when the sink fails and when it works again. A sink *fails*
// from its kFailingAttempts-th failure in a row on, or as soon as it has been
// without success for kFailingTime, until its first success.
//
// Calls are one a batch or fewer. Thread-safe.
class SinkMonitor {
 public:
  // One failure happens to everyone; the default delays make three of them
  // last for less than a second.
  static constexpr int kFailingAttempts = 3;

  // For attempts that take long, or are far apart because the destination
  // wanted it so.
  static constexpr absl::Duration kFailingTime = absl::Seconds(10);

  // The registries outlive the monitor. It does not add the sink to `health`:
  // that is for whoever opens it.
  SinkMonitor(const ComponentId& sink, MetricsRegistry& metrics,
              HealthRegistry& health);

  // The sink is asked to write: a batch, or what is left of one.
  void OnAttempt() { attempts_.Add(1); }

  // Of an attempt: events were left to be tried again, and why.
  void OnAttemptFailed(const absl::Status& why);

  // Of an attempt: events were settled for good, whether or not others were
  // left. The sink may have rejected them; its destination was there to say so.
  void OnProgress();

  // All that failed together will be tried again, or given up. By then they
  // will have waited for `without_success` since they were first tried.
  void OnWait(const absl::Status& why, absl::Duration without_success);

  // That many events have been tried again: not those that the sink held back.
  void OnRetry(uint64_t events) { retried_events_.Add(events); }

  // In words: `failing: connection refused, attempt 7`; empty when the sink
  // does not fail. The attempts are those in a row.
  std::string Failure() const;

 private:
  std::string Describe() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string part_;  // The sink's name in `health_`.
  HealthRegistry& health_;
  const Counter attempts_;
  const Counter retried_events_;
  const Gauge failing_gauge_;
  std::vector<Counter> failed_attempts_;  // By status code.

  mutable Mutex mutex_;
  int failures_in_a_row_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failing_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
};

// What a sink is called in the answers of the process's health.
std::string SinkHealthPart(std::string_view name);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_SINK_MONITOR_H_
