#ifndef LIBS_COMPONENT_SINK_DECORATORS_STOP_SIGNAL_H_
#define LIBS_COMPONENT_SINK_DECORATORS_STOP_SIGNAL_H_

#include "absl/time/time.h"
#include "libs/base/mutex.h"

namespace phoenix {

// Ends waits: what waits to try again gives up at once when the process stops.
// Thread-safe.
class StopSignal {
 public:
  // From now on no wait waits.
  void Stop();

  // Waits that long: false as soon as Stop has been called.
  bool WaitFor(absl::Duration duration);

 private:
  Mutex mutex_;
  CondVar changed_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_STOP_SIGNAL_H_
