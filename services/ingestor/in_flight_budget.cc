#include "services/ingestor/in_flight_budget.h"

#include <utility>

#include "libs/base/clock.h"

namespace phoenix {

bool InFlightBudget::TryTake(size_t bytes) {
  MutexLock lock(mutex_);
  if (batches_ > 0 && used_ + bytes > max_bytes_) return false;
  used_ += bytes;
  ++batches_;
  return true;
}

void InFlightBudget::Take(size_t bytes) {
  MutexLock lock(mutex_);
  used_ += bytes;
  ++batches_;
}

void InFlightBudget::Give(size_t bytes) {
  std::vector<absl::AnyInvocable<void()>> ready;
  {
    MutexLock lock(mutex_);
    used_ -= bytes;
    --batches_;
    // Waking at half full lets a reader take many batches in one go instead of
    // one a wake-up.
    if (batches_ == 0 || used_ <= max_bytes_ / 2) ready.swap(waiting_);
    if (batches_ == 0) idle_.NotifyAll();
  }
  for (auto& callback : ready) callback();
}

void InFlightBudget::WhenRoom(absl::AnyInvocable<void()> ready) {
  {
    MutexLock lock(mutex_);
    if (batches_ > 0) {
      waiting_.push_back(std::move(ready));
      return;
    }
  }
  ready();
}

bool InFlightBudget::WaitUntilIdle(absl::Duration timeout) {
  const Clock& clock = Clock::System();  // What the condition waits by, too.
  const int64_t start = clock.MonotonicNanos();
  MutexLock lock(mutex_);
  while (batches_ > 0) {
    const absl::Duration left =
        timeout - absl::Nanoseconds(clock.MonotonicNanos() - start);
    if (left <= absl::ZeroDuration()) return false;
    idle_.WaitFor(mutex_, absl::ToChronoNanoseconds(left));
  }
  return true;
}

size_t InFlightBudget::used_bytes() const {
  MutexLock lock(mutex_);
  return used_;
}

}  // namespace phoenix
