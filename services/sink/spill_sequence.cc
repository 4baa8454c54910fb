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

void SpillSequence::Rewind(uint64_t sequence) {
  next_ = sequence;
  while (!excluded_.empty() && excluded_.rbegin()->first >= sequence) {
    Erase(std::prev(excluded_.end()));
  }
}

void SpillSequence::Exclude(uint64_t sequence, uint64_t events) {
  if (excluded_.emplace(sequence, events).second) excluded_events_ += events;
}

void SpillSequence::Erase(EventsByNumber::iterator excluded) {
  excluded_events_ -= excluded->second;
  excluded_.erase(excluded);
}

uint64_t SpillSequence::SkipTo(uint64_t sequence) {
  uint64_t missing = sequence - std::min(sequence, passed_);
  while (!excluded_.empty() && excluded_.begin()->first < sequence) {
    missing -= std::min(missing, excluded_.begin()->second);
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

}  // namespace phoenix
