#include "libs/sources/kafka/offset_tracker.h"

namespace phoenix {

uint64_t OffsetTracker::Begin(int64_t end) {
  MutexLock lock(mutex_);
  offers_.push_back({end, State::kOpen});
  ++open_;
  return first_ + offers_.size() - 1;
}

void OffsetTracker::Withdraw() {
  MutexLock lock(mutex_);
  offers_.pop_back();
  --open_;
}

void OffsetTracker::Settle(uint64_t offer, bool finally) {
  MutexLock lock(mutex_);
  offers_[offer - first_].state = finally ? State::kFinal : State::kReadAgain;
  if (!finally) read_again_ = true;
  while (!offers_.empty() && offers_.front().state == State::kFinal) {
    position_ = offers_.front().end;
    offers_.pop_front();
    ++first_;
  }
  if (--open_ == 0) changed_.NotifyAll();
}

int64_t OffsetTracker::position() const {
  MutexLock lock(mutex_);
  return position_;
}

bool OffsetTracker::must_read_again() const {
  MutexLock lock(mutex_);
  return read_again_;
}

bool OffsetTracker::WaitUntilSettled(absl::Duration timeout) {
  MutexLock lock(mutex_);
  // A wait may end early: what is lost is time that others wait, not truth.
  if (open_ > 0) changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(timeout));
  return open_ == 0;
}

}  // namespace phoenix
