#ifndef SERVICES_INGESTOR_IN_FLIGHT_BUDGET_H_
#define SERVICES_INGESTOR_IN_FLIGHT_BUDGET_H_

#include <cstddef>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"

namespace phoenix {

// The bytes of events between the doors and their final outcomes, bounded: what
// holds a process's memory when a sink is slow. All doors share one budget.
// Thread-safe.
class InFlightBudget {
 public:
  explicit InFlightBudget(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Takes room for a batch; false when there is none. A batch that is larger
  // than the whole budget passes when nothing else is in flight, so that a tiny
  // budget slows a pipeline down and never stops it.
  bool TryTake(size_t bytes);

  // Takes room whether there is any or not: for the few events that the
  // pipeline itself makes.
  void Take(size_t bytes);

  // Gives the room of one batch back, and tells those who wait, on this thread.
  void Give(size_t bytes);

  // Calls `ready` once, when a batch may find room: as soon as the budget is
  // half empty, at once when nothing is in flight.
  void WhenRoom(absl::AnyInvocable<void()> ready);

  // Waits until nothing is in flight; false when `timeout` has passed first.
  bool WaitUntilIdle(absl::Duration timeout);

  size_t used_bytes() const;
  size_t max_bytes() const { return max_bytes_; }

 private:
  const size_t max_bytes_;
  mutable Mutex mutex_;
  CondVar idle_;
  size_t used_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t batches_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_IN_FLIGHT_BUDGET_H_
