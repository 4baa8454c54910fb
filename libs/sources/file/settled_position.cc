#include "libs/sources/file/settled_position.h"

namespace phoenix {

uint64_t SettledPosition::Add(uint64_t end, size_t batches) {
  MutexLock lock(mutex_);
  chunks_.push_back({end, batches});
  const uint64_t number = first_chunk_ + chunks_.size() - 1;
  Advance();
  return number;
}

void SettledPosition::Settle(uint64_t chunk) {
  MutexLock lock(mutex_);
  --chunks_[chunk - first_chunk_].unsettled;
  Advance();
}

void SettledPosition::Advance() {
  while (!chunks_.empty() && chunks_.front().unsettled == 0) {
    offset_ = chunks_.front().end;
    chunks_.pop_front();
    ++first_chunk_;
  }
}

uint64_t SettledPosition::offset() const {
  MutexLock lock(mutex_);
  return offset_;
}

bool SettledPosition::settled() const {
  MutexLock lock(mutex_);
  return chunks_.empty();
}

}  // namespace phoenix
