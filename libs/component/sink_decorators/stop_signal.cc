#include "libs/component/sink_decorators/stop_signal.h"

#include "libs/base/clock.h"

namespace phoenix {

void StopSignal::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  changed_.NotifyAll();
}

bool StopSignal::WaitFor(absl::Duration duration) {
  const Clock& clock = Clock::System();  // What the condition waits by, too.
  const int64_t start = clock.MonotonicNanos();
  MutexLock lock(mutex_);
  while (!stopped_) {
    const absl::Duration left =
        duration - absl::Nanoseconds(clock.MonotonicNanos() - start);
    if (left <= absl::ZeroDuration()) return true;
    changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(left));
  }
  return false;
}

}  // namespace phoenix
