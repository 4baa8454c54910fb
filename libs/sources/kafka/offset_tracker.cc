#include "libs/sources/kafka/offset_tracker.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace phoenix {
namespace {

constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

bool IsFinal(Outcome outcome) {
  return outcome != Outcome::kPending && outcome != Outcome::kRetry;
}

// The least offset of the rows that are not final, or kNone.
int64_t FirstOpen(const std::vector<int64_t>& offsets,
                  const BatchOutcome& outcome) {
  int64_t first = kNone;
  for (uint32_t row = 0; row < outcome.size() && row < offsets.size(); ++row) {
    if (!IsFinal(outcome.at(row))) first = std::min(first, offsets[row]);
  }
  return first;
}

}  // namespace

uint64_t OffsetTracker::Add(std::vector<int64_t> offsets) {
  const int64_t first = *std::min_element(offsets.begin(), offsets.end());
  MutexLock lock(mutex_);
  groups_[next_] = {first, std::move(offsets)};
  return next_++;
}

void OffsetTracker::SetEnd(int64_t end) {
  MutexLock lock(mutex_);
  end_ = end;
}

void OffsetTracker::Begin() {
  MutexLock lock(mutex_);
  ++open_;
}

void OffsetTracker::Withdraw() {
  MutexLock lock(mutex_);
  --open_;
}

void OffsetTracker::Settle(uint64_t group, const BatchOutcome& outcome) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(group);
  const int64_t first = FirstOpen(found->second.offsets, outcome);
  if (first == kNone) {
    groups_.erase(found);
  } else {
    found->second = {first, {}};
    read_again_ = true;
  }
  if (--open_ == 0) changed_.NotifyAll();
}

int64_t OffsetTracker::position() const {
  MutexLock lock(mutex_);
  int64_t position = end_;
  for (const auto& [number, group] : groups_) {
    position = std::min(position, group.first);
  }
  return position;
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
