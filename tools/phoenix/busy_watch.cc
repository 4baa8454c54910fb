#include "tools/phoenix/busy_watch.h"

#include "absl/strings/str_format.h"

namespace phoenix {

std::string BusyWatch::Busiest() {
  const int64_t now = clock_.MonotonicNanos();
  const absl::Duration elapsed = absl::Nanoseconds(now - last_nanos_);
  last_nanos_ = now;

  const ComponentMetrics* busiest = nullptr;
  absl::Duration most = absl::ZeroDuration();
  for (Watched& watched : watched_) {
    const absl::Duration busy = watched.metrics->busy();
    const absl::Duration grown = busy - watched.busy;
    watched.busy = busy;
    if (grown <= most) continue;
    most = grown;
    busiest = watched.metrics;
  }
  if (busiest == nullptr) return "";
  return absl::StrFormat(
      "%s '%s' (%.0f %% of a core)", ComponentKindName(busiest->id().kind),
      busiest->id().name, 100 * absl::FDivDuration(most, elapsed));
}

}  // namespace phoenix
