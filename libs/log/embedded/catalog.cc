#include "libs/log/embedded/catalog.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace phoenix {

Catalog::Catalog(std::vector<Segment> segments, int64_t next_offset,
                 size_t recent_bytes)
    : segments_(std::move(segments)),
      recent_(recent_bytes, next_offset),
      end_offset_(next_offset) {
  for (Segment& segment : segments_) {
    segment.sequence = end_sequence_;
    end_sequence_ = segment.end_sequence();
  }
}

void Catalog::AddSegment(const Segment& segment) {
  MutexLock lock(mutex_);
  segments_.push_back(segment);
  segments_.back().sequence = end_sequence_;
  last_index_ = {};
  last_is_open_ = true;
}

void Catalog::AddEntries(const Segment& segment,
                         const std::vector<IndexEntry>& records,
                         std::vector<LogEntry> entries) {
  MutexLock lock(mutex_);
  Segment& last = segments_.back();
  const uint64_t sequence = last.sequence;
  last = segment;
  last.sequence = sequence;
  end_offset_ = last.end_offset;
  end_sequence_ = last.end_sequence();
  for (const IndexEntry& record : records) last_index_.Add(record);
  for (LogEntry& entry : entries) recent_.Add(std::move(entry));
}

void Catalog::SealLast(uint64_t file_bytes) {
  MutexLock lock(mutex_);
  segments_.back().file_bytes = file_bytes;
  last_is_open_ = false;
}

void Catalog::MarkFirst(bool goes) {
  MutexLock lock(mutex_);
  first_goes_ = goes;
}

void Catalog::RemoveFirst() {
  int64_t base = 0;
  {
    MutexLock lock(mutex_);
    base = segments_.front().base_offset;
    segments_.erase(segments_.begin());
    first_goes_ = false;
  }
  MutexLock lock(watchers_mutex_);
  for (SegmentWatcher* const watcher : watchers_) watcher->OnRemoved(base);
}

bool Catalog::Stays(int64_t base_offset) const {
  MutexLock lock(mutex_);
  for (const Segment& segment : segments_) {
    if (segment.base_offset != base_offset) continue;
    return !first_goes_ || &segment != &segments_.front();
  }
  return false;
}

void Catalog::AddWatcher(SegmentWatcher& watcher) {
  MutexLock lock(watchers_mutex_);
  watchers_.insert(&watcher);
}

void Catalog::RemoveWatcher(SegmentWatcher& watcher) {
  MutexLock lock(watchers_mutex_);
  watchers_.erase(&watcher);
}

bool Catalog::IsOpen(int64_t base_offset) const {
  MutexLock lock(mutex_);
  return last_is_open_ && segments_.back().base_offset == base_offset;
}

int64_t Catalog::FirstOffset() const {
  return segments_.empty() ? end_offset_ : segments_.front().base_offset;
}

Catalog::Range Catalog::RangeNow() const {
  return {segments_.empty() ? end_sequence_ : segments_.front().sequence,
          end_sequence_};
}

uint64_t Catalog::SequenceAt(int64_t offset) const {
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), offset,
      [](int64_t at, const Segment& s) { return at < s.base_offset; });
  if (after == segments_.begin()) return RangeNow().first;
  const Segment& segment = *std::prev(after);
  const int64_t inside = std::min(offset, segment.end_offset);
  return segment.sequence + static_cast<uint64_t>(inside - segment.base_offset);
}

Catalog::Range Catalog::range() const {
  MutexLock lock(mutex_);
  return RangeNow();
}

uint64_t Catalog::SequenceOf(int64_t offset) const {
  MutexLock lock(mutex_);
  return SequenceAt(offset);
}

Catalog::Place Catalog::Find(int64_t offset) const {
  MutexLock lock(mutex_);
  // What was deleted may still be in memory.
  offset = std::max(offset, FirstOffset());
  Place place{.entry = {},
              .segment = {},
              .end_offset = end_offset_,
              .range = RangeNow()};
  if (recent_.Covers(offset)) {
    place.entry = recent_.Find(offset);
    if (place.entry) place.sequence = SequenceAt(place.entry->first_offset);
    return place;
  }
  for (const Segment& segment : segments_) {
    if (segment.end_offset <= offset) continue;
    place.segment = segment;
    break;
  }
  return place;
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

size_t Catalog::segment_count() const {
  MutexLock lock(mutex_);
  return segments_.size();
}

std::optional<Segment> Catalog::newest_used() const {
  MutexLock lock(mutex_);
  const auto used = std::find_if(
      segments_.rbegin(), segments_.rend(),
      [](const Segment& s) { return s.end_offset > s.base_offset; });
  if (used == segments_.rend()) return std::nullopt;
  return *used;
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
  return FirstOffset();
}

int64_t Catalog::end_offset() const {
  MutexLock lock(mutex_);
  return end_offset_;
}

}  // namespace phoenix
