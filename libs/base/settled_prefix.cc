#include "libs/base/settled_prefix.h"

namespace phoenix {

uint64_t SettledPrefix::Add(uint64_t end, size_t parts) {
  MutexLock lock(mutex_);
  chunks_.push_back({end, parts});
  const uint64_t number = first_chunk_ + chunks_.size() - 1;
  Advance();
  return number;
}

uint64_t SettledPrefix::Settle(uint64_t chunk) {
  MutexLock lock(mutex_);
  --chunks_[chunk - first_chunk_].unsettled;
  Advance();
  return position_;
}

void SettledPrefix::Advance() {
  while (!chunks_.empty() && chunks_.front().unsettled == 0) {
    position_ = chunks_.front().end;
    chunks_.pop_front();
    ++first_chunk_;
  }
}

uint64_t SettledPrefix::position() const {
  MutexLock lock(mutex_);
  return position_;
}

bool SettledPrefix::settled() const {
  MutexLock lock(mutex_);
  return chunks_.empty();
}

}  // namespace phoenix
