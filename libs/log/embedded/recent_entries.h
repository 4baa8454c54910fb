#ifndef LIBS_LOG_EMBEDDED_RECENT_ENTRIES_H_
#define LIBS_LOG_EMBEDDED_RECENT_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "libs/log/log.h"

namespace phoenix {

// The entries that were appended last, in memory: whoever keeps up never reads
// the disk. Bounded by the memory of their batches. Thread-compatible.
class RecentEntries {
 public:
  // Holds every entry from `begin_offset` on.
  RecentEntries(size_t max_bytes, int64_t begin_offset)
      : max_bytes_(max_bytes), begin_offset_(begin_offset) {}

  // Entries come in order.
  void Add(LogEntry entry);

  // Whether every entry at or above `offset` is here.
  bool Covers(int64_t offset) const { return offset >= begin_offset_; }

  // The first entry that ends above `offset`, which is covered.
  std::optional<LogEntry> Find(int64_t offset) const;

 private:
  const size_t max_bytes_;
  int64_t begin_offset_;
  std::deque<LogEntry> entries_;
  size_t bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RECENT_ENTRIES_H_
