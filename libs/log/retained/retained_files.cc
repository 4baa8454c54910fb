#include "libs/log/retained/retained_files.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/record_body.h"
#include "libs/log/embedded/recovery.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/embedded/segment_scanner.h"

namespace phoenix {
namespace {

std::string PathOf(const std::string& folder, int64_t base_offset) {
  return Cat(SegmentsFolder(folder), "/", SegmentFileName(base_offset));
}

}  // namespace

class SegmentsReader : public RetainedReader {
 public:
  SegmentsReader(const RetainedFiles& log, const LogRange& range)
      : log_(log), range_(range), position_(range.from_offset) {}

  absl::StatusOr<std::optional<LogEntry>> Next() override {
    while (next_segment_ < log_.segments_.size()) {
      PHOENIX_ASSIGN_OR_RETURN(auto entry, NextOfSegment());
      if (!entry) continue;
      if (IsBehindRange(*entry)) break;
      position_ = entry->end_offset();
      return entry;
    }
    next_segment_ = log_.segments_.size();
    open_.reset();
    return std::nullopt;
  }

  void WhenMore(absl::AnyInvocable<void()>) override {}
  int64_t position() const override { return position_; }
  uint64_t unreadable_stretches() const override { return unreadable_; }

 private:
  struct OpenSegment {
    std::unique_ptr<File> file;
    SegmentScanner scanner;
  };

  const Segment& segment() const { return log_.segments_[next_segment_]; }

  bool IsBehindRange(const LogEntry& entry) const {
    return entry.first_offset >= range_.to_offset ||
           entry.append_time >= range_.to_time;
  }

  bool IsBeforeRange(const RecordHeader& header) const {
    return header.end_offset() <= position_ ||
           absl::FromUnixNanos(header.append_time_nanos) < range_.from_time;
  }

  void LeaveSegment() {
    open_.reset();
    ++next_segment_;
  }

  // Nothing: ask again, perhaps for the next segment.
  absl::StatusOr<std::optional<LogEntry>> NextOfSegment() {
    if (segment().end_offset <= position_ ||
        absl::FromUnixNanos(segment().last_append_time_nanos) <
            range_.from_time) {
      LeaveSegment();
      return std::nullopt;
    }
    if (!open_) {
      const absl::Status opened = Open();
      if (absl::IsNotFound(opened)) {
        ++unreadable_;
        LeaveSegment();
        return std::nullopt;
      }
      PHOENIX_RETURN_IF_ERROR(opened);
    }
    return NextRecord();
  }

  absl::Status Open() {
    const int64_t base = segment().base_offset;
    const uint32_t salt = SegmentSalt(log_.meta_.id, base);
    PHOENIX_ASSIGN_OR_RETURN(
        auto file,
        log_.files_.Open(PathOf(log_.folder_, base), OpenMode::kRead));
    PHOENIX_ASSIGN_OR_RETURN(const auto index, ReadIndex(*file, salt));
    const IndexEntry start =
        std::max(SeekOffset(index, position_, base),
                 SeekTime(index, absl::ToUnixNanos(range_.from_time), base),
                 [](const IndexEntry& a, const IndexEntry& b) {
                   return a.position < b.position;
                 });
    const SegmentScanner scanner(*file,
                                 {.salt = salt,
                                  .begin = start.position,
                                  .limit = segment().data_end,
                                  .expected_offset = start.first_offset});
    open_.emplace(OpenSegment{std::move(file), scanner});
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<LogEntry>> NextRecord() {
    PHOENIX_ASSIGN_OR_RETURN(const SegmentScanner::Step step,
                             open_->scanner.Next());
    if (std::holds_alternative<SegmentDamage>(step)) {
      ++unreadable_;
      return std::nullopt;
    }
    const auto* record = std::get_if<SegmentRecord>(&step);
    if (record == nullptr ||
        record->header.first_offset >= segment().end_offset) {
      LeaveSegment();
      return std::nullopt;
    }
    if (IsBeforeRange(record->header)) return std::nullopt;
    return Decode(*record);
  }

  std::optional<LogEntry> Decode(const SegmentRecord& record) {
    const RecordHeader& header = record.header;
    auto batch = DecodeRecordBody(header, record.body);
    if (!batch.ok()) {
      ++unreadable_;
      return std::nullopt;
    }
    return LogEntry{*std::move(batch), header.first_offset, header.lane,
                    absl::FromUnixNanos(header.append_time_nanos)};
  }

  const RetainedFiles& log_;
  const LogRange range_;
  int64_t position_;
  size_t next_segment_ = 0;
  std::optional<OpenSegment> open_;
  uint64_t unreadable_ = 0;
};

absl::StatusOr<std::unique_ptr<RetainedFiles>> RetainedFiles::Open(
    const std::string& folder, FileSystem& files) {
  auto meta = ReadLogMeta(files, folder);
  if (absl::IsNotFound(meta.status())) {
    return absl::NotFoundError(
        Cat("log folder '", folder, "' holds no log: expected its file META"));
  }
  if (!meta.ok()) {
    return absl::Status(
        meta.status().code(),
        Cat("log folder '", folder, "': ", FromAbsl(meta.status().message())));
  }
  std::unique_ptr<RetainedFiles> log(
      new RetainedFiles(folder, files, *std::move(meta)));
  PHOENIX_RETURN_IF_ERROR(log->FindSegments());
  return log;
}

absl::Status RetainedFiles::FindSegments() {
  PHOENIX_ASSIGN_OR_RETURN(const std::vector<int64_t> bases,
                           ListSegments(files_, SegmentsFolder(folder_)));
  for (const int64_t base : bases) {
    const absl::Status added = AddSegment(base);
    // Deleted in the meantime.
    if (absl::IsNotFound(added)) continue;
    PHOENIX_RETURN_IF_ERROR(added);
  }
  std::erase_if(segments_, [](const Segment& segment) {
    return segment.end_offset <= segment.base_offset;
  });
  return absl::OkStatus();
}

absl::Status RetainedFiles::AddSegment(int64_t base_offset) {
  PHOENIX_ASSIGN_OR_RETURN(
      const auto file,
      files_.Open(PathOf(folder_, base_offset), OpenMode::kRead));
  PHOENIX_ASSIGN_OR_RETURN(const auto header,
                           ReadSegmentHeader(*file, meta_.id, base_offset));
  // What was never acknowledged does not count.
  if (header && !segments_.empty()) {
    int64_t& end = segments_.back().end_offset;
    end = std::min(end, header->previous_end_offset);
  }
  Segment segment;
  segment.base_offset = base_offset;
  PHOENIX_ASSIGN_OR_RETURN(
      const auto footer, ReadFooter(*file, SegmentSalt(meta_.id, base_offset)));
  if (footer) {
    segment.end_offset = footer->end_offset;
    segment.data_end = footer->data_end;
    segment.last_append_time_nanos = footer->last_append_time_nanos;
  } else {
    PHOENIX_RETURN_IF_ERROR(ReadUnsealed(*file, segment));
  }
  segments_.push_back(segment);
  return absl::OkStatus();
}

absl::Status RetainedFiles::ReadUnsealed(const File& file,
                                         Segment& segment) const {
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  SegmentScanner scanner(
      file, {.salt = SegmentSalt(meta_.id, segment.base_offset),
             .limit = std::max<uint64_t>(size, SegmentHeader::kBytes),
             .expected_offset = segment.base_offset});
  segment.end_offset = segment.base_offset;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const SegmentScanner::Step step, scanner.Next());
    if (std::holds_alternative<SegmentEnd>(step)) return absl::OkStatus();
    const auto* record = std::get_if<SegmentRecord>(&step);
    if (record == nullptr) continue;
    segment.end_offset = record->header.end_offset();
    segment.last_append_time_nanos = record->header.append_time_nanos;
    segment.data_end = record->position + record->header.padded_bytes();
  }
}

int64_t RetainedFiles::first_offset() const {
  return segments_.empty() ? 0 : segments_.front().base_offset;
}

int64_t RetainedFiles::end_offset() const {
  return segments_.empty() ? 0 : segments_.back().end_offset;
}

std::unique_ptr<RetainedReader> RetainedFiles::Read(
    const LogRange& range) const {
  return std::make_unique<SegmentsReader>(*this, range);
}

std::string RetainedFiles::name() const {
  return Cat("log folder '", folder_, "'");
}

RetainedLog::Extent RetainedFiles::extent(int32_t) const {
  return {first_offset(), end_offset()};
}

// Offsets count events, but for gaps between segments, and within them for what
// damage has left.
absl::StatusOr<int64_t> RetainedFiles::FindLast(int32_t, int64_t events) const {
  for (auto segment = segments_.rbegin(); segment != segments_.rend();
       ++segment) {
    const int64_t size = segment->end_offset - segment->base_offset;
    if (events <= size) return segment->end_offset - events;
    events -= size;
  }
  return first_offset();
}

absl::StatusOr<std::unique_ptr<FileLock>> RetainedFiles::KeepRunsAway() const {
  auto lock = HoldLog(folder_, files_);
  if (lock.ok()) return lock;
  return absl::Status(lock.status().code(),
                      Cat(name(), ": ", FromAbsl(lock.status().message())));
}

std::string RetainedFiles::advice() const {
  return Cat("see `phoenix log check ", folder_, "`");
}

absl::StatusOr<std::unique_ptr<FileLock>> HoldLog(const std::string& folder,
                                                  FileSystem& files) {
  return LockLogFolder(files, folder);
}

}  // namespace phoenix
