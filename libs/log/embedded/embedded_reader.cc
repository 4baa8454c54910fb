#include "libs/log/embedded/embedded_reader.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/record_body.h"

namespace phoenix {

// The segment that is being read.
struct EmbeddedReader::OpenSegment {
  Segment segment;
  std::unique_ptr<File> file;
  SegmentScanner scanner;
  bool ended = false;
  bool fresh = true;  // Nothing of it has been given yet.
};

EmbeddedReader::EmbeddedReader(const ReaderInput& input, int64_t from_offset,
                               absl::Time from_time)
    : input_(input),
      position_(from_offset),
      from_time_(from_time),
      sequence_(input_.catalog.SequenceOf(from_offset)) {
  input_.catalog.AddWatcher(*this);
}

EmbeddedReader::~EmbeddedReader() {
  input_.catalog.RemoveWatcher(*this);
  input_.waiters.StopWaiting(*this);
}

void EmbeddedReader::OnRemoved(int64_t base_offset) {
  MutexLock lock(reading_mutex_);
  if (open_ != nullptr && open_->segment.base_offset == base_offset) {
    open_.reset();
  }
}

void EmbeddedReader::WhenMore(absl::AnyInvocable<void()> callback) {
  input_.waiters.WaitForMore(*this, position_, std::move(callback));
}

std::optional<UnreadEvents> EmbeddedReader::unread() const {
  MutexLock lock(mutex_);
  const Catalog::Range range = input_.catalog.range();
  const uint64_t next = std::max(sequence_, range.first);
  return UnreadEvents{.waiting = range.end - std::min(next, range.end),
                      .dropped = dropped_ + (next - sequence_),
                      .damaged = damaged_};
}

// What lies before all that is there was deleted, before it was read.
void EmbeddedReader::PassDropped(const Catalog::Range& range) {
  MutexLock lock(mutex_);
  if (range.first <= sequence_) return;
  dropped_ += range.first - sequence_;
  sequence_ = range.first;
}

// What lies before `sequence` could not be read; then come `events`, which are
// given.
void EmbeddedReader::PassTo(uint64_t sequence, uint64_t events) {
  MutexLock lock(mutex_);
  if (sequence > sequence_) damaged_ += sequence - sequence_;
  sequence_ = std::max(sequence_, sequence + events);
}

absl::StatusOr<std::optional<LogEntry>> EmbeddedReader::Next() {
  MutexLock lock(reading_mutex_);
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(auto entry, NextOfAnyTime());
    if (!entry || entry->append_time >= from_time_) return entry;
  }
}

absl::StatusOr<std::optional<LogEntry>> EmbeddedReader::NextOfAnyTime() {
  while (true) {
    Catalog::Place place = input_.catalog.Find(position_);
    PassDropped(place.range);
    if (place.entry) {
      open_.reset();
      position_ = place.entry->end_offset();
      PassTo(place.sequence, place.entry->batch->size());
      return std::move(place.entry);
    }
    if (!place.segment) {
      open_.reset();
      // After a crash offsets that were never given lie before the end: who
      // waits for more must not wait for those.
      position_ = std::max(position_, place.end_offset);
      PassTo(place.range.end);
      return std::nullopt;
    }
    auto entry = NextOnDisk(*place.segment);
    if (absl::IsNotFound(entry.status())) {
      // Else it was deleted in the meantime: what comes next is elsewhere.
      if (input_.catalog.Stays(place.segment->base_offset)) {
        PassMissing(*place.segment);
      }
      continue;
    }
    if (!entry.ok() || *entry) return entry;
  }
}

// Nothing: the segment has no entry from the position on, and the position is
// at its end.
absl::StatusOr<std::optional<LogEntry>> EmbeddedReader::NextOnDisk(
    const Segment& segment) {
  if (open_ == nullptr || open_->segment.base_offset != segment.base_offset) {
    PHOENIX_RETURN_IF_ERROR(Open(segment));
  }
  open_->segment = segment;
  open_->scanner.SetLimit(segment.data_end);
  open_->ended = false;
  while (!open_->ended) {
    PHOENIX_ASSIGN_OR_RETURN(auto entry, ReadStep());
    if (entry) return entry;
  }
  position_ = std::max(position_, segment.end_offset);
  PassTo(segment.end_sequence());
  return std::nullopt;
}

// Nobody will read it again: who waits for the file would wait for ever.
void EmbeddedReader::PassMissing(const Segment& segment) {
  const int64_t first = std::max(position_, segment.base_offset);
  position_ = segment.end_offset;
  PassTo(segment.end_sequence());
  if (std::exchange(missing_base_, segment.base_offset) ==
      segment.base_offset) {
    return;
  }
  input_.logger.Error(
      "A segment of the log was taken away while the log is open: its events "
      "are passed over. Stop, put it back, and see `phoenix log check DIR`.",
      {{"segment", SegmentFileName(segment.base_offset)},
       {"first_offset", first},
       {"end_offset", segment.end_offset}});
}

absl::Status EmbeddedReader::Open(const Segment& segment) {
  open_.reset();
  const int64_t base = segment.base_offset;
  const uint32_t salt = SegmentSalt(input_.log_id, base);
  PHOENIX_ASSIGN_OR_RETURN(
      auto file,
      input_.files.Open(Cat(input_.segments_folder, "/", SegmentFileName(base)),
                        OpenMode::kRead));
  std::vector<IndexEntry> index = input_.catalog.IndexOf(base);
  if (index.empty()) {
    PHOENIX_ASSIGN_OR_RETURN(index, ReadIndex(*file, salt));
  }
  const IndexEntry start =
      std::max(SeekOffset(index, position_, base),
               SeekTime(index, absl::ToUnixNanos(from_time_), base),
               [](const IndexEntry& a, const IndexEntry& b) {
                 return a.position < b.position;
               });
  const SegmentScanner scanner(*file, {.salt = salt,
                                       .begin = start.position,
                                       .limit = segment.data_end,
                                       .expected_offset = start.first_offset});
  open_ = std::make_unique<OpenSegment>(
      OpenSegment{segment, std::move(file), scanner});
  return absl::OkStatus();
}

absl::StatusOr<std::optional<LogEntry>> EmbeddedReader::ReadStep() {
  const int64_t offset = open_->scanner.expected_offset();
  PHOENIX_ASSIGN_OR_RETURN(const SegmentScanner::Step step,
                           open_->scanner.Next());
  if (const auto* record = std::get_if<SegmentRecord>(&step)) {
    if (record->header.end_offset() <= position_) return std::nullopt;
    return Decode(*record);
  }
  if (const auto* damage = std::get_if<SegmentDamage>(&step)) {
    const int64_t next =
        damage->next_offset.value_or(open_->segment.end_offset);
    PutAside({open_->segment.base_offset, damage->begin, damage->end,
              static_cast<uint64_t>(std::max<int64_t>(0, next - offset))});
    return std::nullopt;
  }
  open_->ended = true;
  return std::nullopt;
}

std::optional<LogEntry> EmbeddedReader::Decode(const SegmentRecord& record) {
  const RecordHeader& header = record.header;
  position_ = header.end_offset();
  auto batch = DecodeRecordBody(header, record.body);
  if (!batch.ok()) {
    PutAside({open_->segment.base_offset, record.position,
              record.position + header.record_bytes(), header.event_count});
    return std::nullopt;
  }
  const Segment& segment = open_->segment;
  PassTo(segment.sequence +
             static_cast<uint64_t>(header.first_offset - segment.base_offset),
         header.event_count);
  // Each run of a log begins a segment.
  return LogEntry{*std::move(batch), header.first_offset, header.lane,
                  absl::FromUnixNanos(header.append_time_nanos),
                  std::exchange(open_->fresh, false)};
}

void EmbeddedReader::PutAside(const CorruptRecord& record) {
  if (!input_.quarantine.Add(*open_->file, record)) return;
  input_.logger.Error("A record of the log is corrupt and was put aside.",
                      {{"segment", SegmentFileName(record.segment_base)},
                       {"position_bytes", record.begin},
                       {"size_bytes", record.bytes()},
                       {"lost_events", record.lost_events}});
}

}  // namespace phoenix
