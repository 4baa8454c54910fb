#include "libs/log/embedded/recent_entries.h"

#include <algorithm>
#include <utility>

namespace phoenix {

void RecentEntries::Add(LogEntry entry) {
  bytes_ += entry.batch->memory_bytes();
  entries_.push_back(std::move(entry));
  while (bytes_ > max_bytes_) {
    bytes_ -= entries_.front().batch->memory_bytes();
    begin_offset_ = entries_.front().end_offset();
    entries_.pop_front();
  }
}

std::optional<LogEntry> RecentEntries::Find(int64_t offset) const {
  const auto found = std::partition_point(
      entries_.begin(), entries_.end(),
      [offset](const LogEntry& entry) { return entry.end_offset() <= offset; });
  if (found == entries_.end()) return std::nullopt;
  return *found;
}

}  // namespace phoenix
