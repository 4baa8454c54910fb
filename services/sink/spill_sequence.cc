#include "services/sink/spill_sequence.h"

#include <algorithm>
#include <iterator>

namespace phoenix {

void SpillSequence::Restart(uint64_t first, uint64_t next) {
  passed_ = first;
  next_ = next;
}

uint64_t SpillSequence::Take(uint64_t events) {
  const uint64_t sequence = next_;
  next_ += events;
  return sequence;
}

void SpillSequence::GiveBack(uint64_t sequence) {
  next_ = sequence;
  const auto own = excluded_.find(sequence);
  if (own != excluded_.end()) Erase(own);
}

void SpillSequence::Exclude(uint64_t sequence, uint64_t events) {
  if (excluded_.emplace(sequence, Excluded{events, false}).second) {
    excluded_events_ += events;
  }
}

void SpillSequence::Fail(uint64_t sequence, uint64_t events) {
  Exclude(sequence, events);
  const auto failed = excluded_.find(sequence);
  failed->second.failed = true;
  if (failed == excluded_.begin()) return;
  const auto before = std::prev(failed);
  if (!before->second.failed ||
      before->first + before->second.events != sequence) {
    return;
  }
  before->second.events += events;
  excluded_.erase(failed);
}

void SpillSequence::Erase(ExcludedMap::iterator excluded) {
  excluded_events_ -= excluded->second.events;
  excluded_.erase(excluded);
}

uint64_t SpillSequence::SkipTo(uint64_t sequence) {
  uint64_t missing = sequence - std::min(sequence, passed_);
  while (!excluded_.empty() && excluded_.begin()->first < sequence) {
    missing -= std::min(missing, excluded_.begin()->second.events);
    Erase(excluded_.begin());
  }
  passed_ = std::max(passed_, sequence);
  next_ = std::max(next_, passed_);
  return missing;
}

uint64_t SpillSequence::Pass(uint64_t sequence, uint64_t events) {
  const uint64_t missing = SkipTo(sequence);
  const auto own = excluded_.find(sequence);
  if (own != excluded_.end()) Erase(own);
  passed_ = std::max(passed_, sequence + events);
  next_ = std::max(next_, passed_);
  return missing;
}

bool SpillSequence::AllPassed() {
  while (!excluded_.empty() && excluded_.begin()->second.failed &&
         excluded_.begin()->first <= passed_) {
    const auto failed = excluded_.begin();
    passed_ = std::max(passed_, failed->first + failed->second.events);
    Erase(failed);
  }
  return passed_ >= next_;
}

}  // namespace phoenix
