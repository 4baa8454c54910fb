#ifndef LIBS_FLOW_SIMULATION_TRACE_H_
#define LIBS_FLOW_SIMULATION_TRACE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/flow/simulation/scheduler.h"

namespace phoenix::flow::simulation {

// What happened in a run, a line an event, for whoever replays a seed. Silent
// unless enabled, so that a thousand runs cost nothing for it.
class Trace {
 public:
  Trace(const Scheduler& scheduler, bool enabled)
      : scheduler_(scheduler), enabled_(enabled) {}

  template <typename... Parts>
  void Add(const Parts&... parts) {
    if (!enabled_) return;
    lines_.push_back(absl::StrFormat(
        "%10.3f ms  %s", absl::ToDoubleMilliseconds(scheduler_.elapsed()),
        absl::StrCat(parts...)));
  }

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  const Scheduler& scheduler_;
  const bool enabled_;
  std::vector<std::string> lines_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_TRACE_H_
