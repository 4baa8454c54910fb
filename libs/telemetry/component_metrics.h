#ifndef LIBS_TELEMETRY_COMPONENT_METRICS_H_
#define LIBS_TELEMETRY_COMPONENT_METRICS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// Which component of a pipeline file.
struct ComponentId {
  ComponentKind kind;
  std::string type;  // The key that selects it in the file, such as `http`.
  std::string name;  // Its name in the file.
};

// The metrics that every component publishes, from 0 on. Calls are for whole
// batches. Thread-safe; outlived by the registry.
class ComponentMetrics {
 public:
  ComponentMetrics(MetricsRegistry& registry, const ComponentId& id);

  // Taken in; bytes are those of the payloads.
  void Received(uint64_t events, uint64_t bytes);

  // Passed on, and the other side has taken it.
  void Sent(uint64_t events, uint64_t bytes);

  // Failed. `type` is an ErrorInfo reason or the name of a status code, in
  // either case: published in lower case. At most kMaxErrorTypes of them.
  void Failed(ErrorStage stage, std::string_view type, uint64_t events);

  // Dropped for good: as the pipeline demands (a filter), or not. Never for
  // what will be tried again.
  void Discarded(bool intentional, uint64_t events);

  // Time that the component worked on one batch, and how it went.
  void Processed(absl::Duration duration);
  void ProcessFailed(absl::Duration duration, std::string_view error_type);

  const ComponentId& id() const { return id_; }
  uint64_t received_events() const { return received_events_.value(); }
  uint64_t received_bytes() const { return received_bytes_.value(); }
  uint64_t sent_events() const { return sent_events_.value(); }
  uint64_t sent_bytes() const { return sent_bytes_.value(); }
  uint64_t discarded_events() const;
  uint64_t failed_events() const;

  // What failed at that stage, by type, as published; none that are 0.
  std::map<std::string, uint64_t> errors(ErrorStage stage) const;

  // Time worked in all: its growth over an interval tells how busy the
  // component is.
  absl::Duration busy() const;

 private:
  using ErrorKey = std::pair<ErrorStage, std::string>;

  std::string BoundedErrorType(std::string_view type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  MetricsRegistry& registry_;
  const ComponentId id_;
  const Counter received_events_;
  const Counter received_bytes_;
  const Counter sent_events_;
  const Counter sent_bytes_;
  const Counter discarded_intentionally_;
  const Counter discarded_unintentionally_;
  const Histogram processed_;

  mutable Mutex mutex_;
  std::map<std::string, Histogram, std::less<>> process_failed_
      ABSL_GUARDED_BY(mutex_);
  std::map<ErrorKey, Counter> errors_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> error_types_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_COMPONENT_METRICS_H_
