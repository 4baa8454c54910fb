#include "libs/log/embedded/append_queue.h"

#include <utility>

namespace phoenix {

void AppendQueue::Push(PendingAppend append) {
  bytes_ += append.record_bytes();
  waiting_.push_back(std::move(append));
}

std::vector<PendingAppend> AppendQueue::TakeGroup(uint64_t max_bytes) {
  std::vector<PendingAppend> group;
  uint64_t bytes = 0;
  while (!waiting_.empty()) {
    bytes += waiting_.front().record_bytes();
    if (!group.empty() && bytes > max_bytes) break;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

}  // namespace phoenix
