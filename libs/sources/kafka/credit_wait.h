#ifndef LIBS_SOURCES_KAFKA_CREDIT_WAIT_H_
#define LIBS_SOURCES_KAFKA_CREDIT_WAIT_H_

#include <chrono>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"

namespace phoenix {

// Waits for an outlet's credit, for a thread that has other things to do after
// a while. Thread-safe; what an outlet calls may come after its end.
class CreditWait {
 public:
  CreditWait() : state_(std::make_shared<State>()) {}

  // Asks the outlet to say when there is credit, unless it is asked already.
  void Ask(Outlet& outlet) {
    {
      MutexLock lock(state_->mutex);
      if (state_->asked) return;
      state_->asked = true;
    }
    outlet.WhenReady([state = state_] {
      MutexLock lock(state->mutex);
      state->asked = false;
      state->changed.NotifyAll();
    });
  }

  // Whether the outlet has been asked and has not said so yet.
  bool waiting() const {
    MutexLock lock(state_->mutex);
    return state_->asked;
  }

  // Waits up to `time`; true when there is credit.
  bool WaitFor(std::chrono::milliseconds time) {
    MutexLock lock(state_->mutex);
    if (state_->asked && !state_->stopped) {
      state_->changed.WaitFor(state_->mutex, time);
    }
    return !state_->asked && !state_->stopped;
  }

  // Ends waits for good.
  void Stop() {
    MutexLock lock(state_->mutex);
    state_->stopped = true;
    state_->changed.NotifyAll();
  }

 private:
  struct State {
    Mutex mutex;
    CondVar changed;
    bool asked ABSL_GUARDED_BY(mutex) = false;
    bool stopped ABSL_GUARDED_BY(mutex) = false;
  };
  const std::shared_ptr<State> state_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_CREDIT_WAIT_H_
