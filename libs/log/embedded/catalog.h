#ifndef LIBS_LOG_EMBEDDED_CATALOG_H_
#define LIBS_LOG_EMBEDDED_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/log/embedded/recent_entries.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/log.h"

namespace phoenix {

// Hears which segments are gone. Thread-safe.
class SegmentWatcher {
 public:
  virtual ~SegmentWatcher() = default;

  // Nothing of it is to be kept open: it would take room on the disk.
  virtual void OnRemoved(int64_t base_offset) = 0;
};

// What of a log can be read, and where: its segments, and its last entries.
// Only what is as durable as promised gets in. Written by the log's thread,
// read by all. Thread-safe.
class Catalog {
 public:
  // Starts with sealed segments, by offset; `next_offset` is that of the first
  // event to come. The last entries take up to `recent_bytes` of memory.
  Catalog(std::vector<Segment> segments, int64_t next_offset,
          size_t recent_bytes);

  // A new segment, still empty, is the last one now.
  void AddSegment(const Segment& segment);

  // Entries were added to the last segment, which is `segment` now; `records`
  // says where they begin.
  void AddEntries(const Segment& segment,
                  const std::vector<IndexEntry>& records,
                  std::vector<LogEntry> entries);

  // The last segment was sealed and has this size now.
  void SealLast(uint64_t file_bytes);

  // The first segment's file is about to be removed; or, false, could not be.
  void MarkFirst(bool goes);

  // The first segment is gone. Tells the watchers.
  void RemoveFirst();

  // Whether the segment with this base is there and stays.
  bool Stays(int64_t base_offset) const;

  // `watcher` hears what goes from now on, until it is removed.
  void AddWatcher(SegmentWatcher& watcher);
  void RemoveWatcher(SegmentWatcher& watcher);

  // Whether the segment with this base is the one that is being written.
  bool IsOpen(int64_t base_offset) const;

  // The first event that is there, and the end, as Segment::sequence counts.
  struct Range {
    uint64_t first = 0;
    uint64_t end = 0;
  };
  Range range() const;

  // The same of `offset`, or of the first event that is there.
  uint64_t SequenceOf(int64_t offset) const;

  // Where to read on at `offset`, or at the first event that is there.
  struct Place {
    std::optional<LogEntry> entry;   // In memory, or
    std::optional<Segment> segment;  // in this one, or neither: at the end.
    int64_t end_offset = 0;          // See end_offset.
    uint64_t sequence = 0;           // Of `entry`.
    Range range;
  };
  Place Find(int64_t offset) const;

  // The segment with this base as it is now; nullopt when it is gone.
  std::optional<Segment> FindSegment(int64_t base_offset) const;

  // The first segment that has an entry appended at `time` or later.
  std::optional<Segment> FindByTime(absl::Time time) const;

  // The index of the last segment; empty for every other, which has its own.
  std::vector<IndexEntry> IndexOf(int64_t base_offset) const;

  std::vector<Segment> segments() const;
  size_t segment_count() const;

  // The last segment in which there is something.
  std::optional<Segment> newest_used() const;

  // Bytes of all segments, and of those that hold something at or above
  // `offset`.
  uint64_t bytes() const;
  uint64_t BytesFrom(int64_t offset) const;

  int64_t first_offset() const;

  // The end of the last entry, or where the first one will begin.
  int64_t end_offset() const;

 private:
  uint64_t SequenceAt(int64_t offset) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int64_t FirstOffset() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Range RangeNow() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Held while watchers are called, never with the other.
  Mutex watchers_mutex_;
  std::set<SegmentWatcher*> watchers_ ABSL_GUARDED_BY(watchers_mutex_);

  mutable Mutex mutex_;
  bool first_goes_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Segment> segments_ ABSL_GUARDED_BY(mutex_);
  SparseIndex last_index_ ABSL_GUARDED_BY(mutex_);
  bool last_is_open_ ABSL_GUARDED_BY(mutex_) = false;
  RecentEntries recent_ ABSL_GUARDED_BY(mutex_);
  int64_t end_offset_ ABSL_GUARDED_BY(mutex_);
  uint64_t end_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_CATALOG_H_
