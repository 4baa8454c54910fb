#include "libs/component/sink_decorators/stop_signal.h"

#include <chrono>

namespace phoenix {

void StopSignal::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  changed_.NotifyAll();
}

bool StopSignal::WaitFor(absl::Duration duration) {
  const auto end =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(duration);
  MutexLock lock(mutex_);
  while (!stopped_) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    changed_.WaitFor(mutex_, left);
  }
  return false;
}

}  // namespace phoenix
