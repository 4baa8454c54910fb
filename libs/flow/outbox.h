#ifndef LIBS_FLOW_OUTBOX_H_
#define LIBS_FLOW_OUTBOX_H_

#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "libs/base/mutex.h"

namespace phoenix::flow {

// Carries calls out of a locked state machine. The machine adds what it wants
// to call while it holds its lock, and flushes when it has given the lock up:
// so callbacks run without a lock, may call back in, and still run one at a
// time in the order of Add, whatever threads flush. Thread-safe.
class Outbox {
 public:
  using Action = absl::AnyInvocable<void()>;

  void Add(Action action) {
    MutexLock lock(mutex_);
    actions_.push_back(std::move(action));
  }

  // Runs what was added, unless a caller further up or another thread is at it:
  // that one then runs these too. The outbox must live until this returns.
  void Flush() {
    if (!Begin()) return;
    std::vector<Action> taken;
    while (TakeOrEnd(taken)) {
      for (Action& action : taken) action();
      taken.clear();
    }
  }

 private:
  bool Begin() {
    MutexLock lock(mutex_);
    return !std::exchange(flushing_, true);
  }

  bool TakeOrEnd(std::vector<Action>& taken) {
    MutexLock lock(mutex_);
    taken.swap(actions_);
    flushing_ = !taken.empty();
    return flushing_;
  }

  Mutex mutex_;
  std::vector<Action> actions_ ABSL_GUARDED_BY(mutex_);
  bool flushing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_OUTBOX_H_
