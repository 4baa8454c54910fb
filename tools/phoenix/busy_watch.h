#ifndef TOOLS_PHOENIX_BUSY_WATCH_H_
#define TOOLS_PHOENIX_BUSY_WATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/telemetry/component_metrics.h"

namespace phoenix {

// Tells which component works most: by how its time at work grew between two
// looks. Thread-compatible.
class BusyWatch {
 public:
  // `clock` outlives the watch.
  explicit BusyWatch(Clock& clock) : clock_(clock) {}

  // `metrics` outlives the watch.
  void Add(const ComponentMetrics& metrics) {
    watched_.push_back({&metrics, absl::ZeroDuration()});
  }

  // The component that worked most since the last call, in words: `step
  // 'staged' (41 % of a core)`. Empty when none did anything.
  std::string Busiest();

 private:
  struct Watched {
    const ComponentMetrics* metrics;
    absl::Duration busy;  // At the last call.
  };

  Clock& clock_;
  int64_t last_nanos_ = 0;
  std::vector<Watched> watched_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_BUSY_WATCH_H_
