#include "libs/log/embedded/catalog.h"

#include <utility>

namespace phoenix {

Catalog::Catalog(std::vector<Segment> segments, int64_t next_offset,
                 size_t recent_bytes)
    : segments_(std::move(segments)),
      recent_(recent_bytes, next_offset),
      end_offset_(next_offset) {}

void Catalog::AddSegment(const Segment& segment) {
  MutexLock lock(mutex_);
  segments_.push_back(segment);
  last_index_ = {};
  last_is_open_ = true;
}

void Catalog::AddEntries(const Segment& segment,
                         const std::vector<IndexEntry>& records,
                         std::vector<LogEntry> entries) {
  MutexLock lock(mutex_);
  segments_.back() = segment;
  end_offset_ = segment.end_offset;
  for (const IndexEntry& record : records) last_index_.Add(record);
  for (LogEntry& entry : entries) recent_.Add(std::move(entry));
}

void Catalog::SealLast(uint64_t file_bytes) {
  MutexLock lock(mutex_);
  segments_.back().file_bytes = file_bytes;
  last_is_open_ = false;
}

void Catalog::RemoveFirst() {
  MutexLock lock(mutex_);
  segments_.erase(segments_.begin());
}

bool Catalog::IsOpen(int64_t base_offset) const {
  MutexLock lock(mutex_);
  return last_is_open_ && segments_.back().base_offset == base_offset;
}

Catalog::Place Catalog::Find(int64_t offset) const {
  MutexLock lock(mutex_);
  if (recent_.Covers(offset)) {
    return {recent_.Find(offset), std::nullopt, end_offset_};
  }
  for (const Segment& segment : segments_) {
    if (segment.end_offset > offset)
      return {std::nullopt, segment, end_offset_};
  }
  return {std::nullopt, std::nullopt, end_offset_};
}

std::optional<Segment> Catalog::FindSegment(int64_t base_offset) const {
  MutexLock lock(mutex_);
  for (const Segment& segment : segments_) {
    if (segment.base_offset == base_offset) return segment;
  }
  return std::nullopt;
}

std::optional<Segment> Catalog::FindByTime(absl::Time time) const {
  MutexLock lock(mutex_);
  for (const Segment& segment : segments_) {
    const bool has_later =
        absl::FromUnixNanos(segment.last_append_time_nanos) >= time;
    if (has_later && !segment.empty()) return segment;
  }
  return std::nullopt;
}

std::vector<IndexEntry> Catalog::IndexOf(int64_t base_offset) const {
  MutexLock lock(mutex_);
  const bool is_last =
      last_is_open_ && segments_.back().base_offset == base_offset;
  return is_last ? last_index_.entries() : std::vector<IndexEntry>();
}

std::vector<Segment> Catalog::segments() const {
  MutexLock lock(mutex_);
  return segments_;
}

uint64_t Catalog::bytes() const { return BytesFrom(-1); }

uint64_t Catalog::BytesFrom(int64_t offset) const {
  MutexLock lock(mutex_);
  uint64_t bytes = 0;
  for (const Segment& segment : segments_) {
    if (segment.end_offset > offset) bytes += segment.file_bytes;
  }
  return bytes;
}

int64_t Catalog::first_offset() const {
  MutexLock lock(mutex_);
  return segments_.empty() ? end_offset_ : segments_.front().base_offset;
}

int64_t Catalog::end_offset() const {
  MutexLock lock(mutex_);
  return end_offset_;
}

}  // namespace phoenix
