#include "libs/log/embedded/recovery.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/log_meta.h"

namespace phoenix {
namespace {

constexpr char kWhatToDo[] =
    " are missing: put them back, or run `phoenix log repair DIR "
    "--accept-missing`";

absl::Status EventsAreMissing(int64_t first, int64_t end) {
  return absl::DataLossError(
      Cat("segments with events ", first, " to ", end - 1, kWhatToDo));
}

class Recovery {
 public:
  explicit Recovery(const RecoveryInput& input)
      : input_(input), segments_folder_(SegmentsFolder(input.folder)) {}

  absl::StatusOr<RecoveredSegments> Run() {
    PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.recover.before_segments"));
    PHOENIX_RETURN_IF_ERROR(ReadHeaders());
    for (size_t i = 0; i < bases_.size(); ++i) {
      PHOENIX_RETURN_IF_ERROR(AddSegment(i));
    }
    PHOENIX_RETURN_IF_ERROR(RemoveEmptyTail());
    FindCursor();
    PHOENIX_RETURN_IF_ERROR(CheckChain());
    PHOENIX_RETURN_IF_ERROR(CheckNewest());
    NoteNewest();
    return std::move(recovered_);
  }

 private:
  absl::Status ReadHeaders() {
    PHOENIX_ASSIGN_OR_RETURN(bases_,
                             ListSegments(input_.files, segments_folder_));
    for (const int64_t base : bases_) {
      PHOENIX_ASSIGN_OR_RETURN(const auto file,
                               Open(base, OpenMode::kReadWrite));
      PHOENIX_ASSIGN_OR_RETURN(const auto header,
                               ReadSegmentHeader(*file, input_.log_id, base));
      if (header) headers_[base] = *header;
    }
    return absl::OkStatus();
  }

  std::string PathOf(int64_t base) const {
    return Cat(segments_folder_, "/", SegmentFileName(base));
  }

  absl::StatusOr<std::unique_ptr<File>> Open(int64_t base, OpenMode mode) {
    auto file = input_.files.Open(PathOf(base), mode);
    return file.ok() ? std::move(file) : MoveAway(file.status());
  }

  // Where the acknowledged events of segment `i` end, as its successor says.
  int64_t SuccessorEnd(size_t i) const {
    if (i + 1 == bases_.size()) return kNoSuccessor;
    const auto header = headers_.find(bases_[i + 1]);
    return header == headers_.end() ? bases_[i + 1]
                                    : header->second.previous_end_offset;
  }

  // How far the last segment reaches at least; nobody knows it of another.
  int64_t EndOnRecordOf(int64_t base) const {
    return base == bases_.back() ? EndOnRecordBehind(base) : 0;
  }

  int64_t EndOnRecordBehind(int64_t last_base) const {
    return EndOnRecord(input_.cursor_file.state(),
                       input_.cursor_file.damaged_slots(), last_base);
  }

  Segment FromHeader(int64_t base) const {
    Segment segment;
    segment.base_offset = base;
    segment.end_offset = base;
    if (const auto header = headers_.find(base); header != headers_.end()) {
      segment.previous_end_offset = header->second.previous_end_offset;
      segment.create_time_nanos = header->second.create_time_nanos;
    }
    return segment;
  }

  absl::Status AddSegment(size_t i) {
    const int64_t base = bases_[i];
    PHOENIX_ASSIGN_OR_RETURN(const auto file, Open(base, OpenMode::kReadWrite));
    const uint32_t salt = SegmentSalt(input_.log_id, base);
    PHOENIX_ASSIGN_OR_RETURN(const auto footer, ReadFooter(*file, salt));
    Segment segment = FromHeader(base);
    if (footer) {
      segment.end_offset = footer->end_offset;
      segment.data_end = footer->data_end;
      segment.last_append_time_nanos = footer->last_append_time_nanos;
      segment.record_count = footer->record_count;
      segment.event_count = footer->event_count;
      segment.file_bytes = footer->file_bytes();
    } else {
      PHOENIX_ASSIGN_OR_RETURN(segment,
                               SealSegment(*file, segment, SuccessorEnd(i)));
    }
    recovered_.segments.push_back(segment);
    return absl::OkStatus();
  }

  absl::StatusOr<Segment> SealSegment(File& file, const Segment& known,
                                      int64_t successor_end) {
    const uint32_t salt = SegmentSalt(input_.log_id, known.base_offset);
    PHOENIX_ASSIGN_OR_RETURN(
        SegmentContent content,
        ReadSegmentContent(file, salt, known, successor_end,
                           EndOnRecordOf(known.base_offset)));
    for (const CorruptRecord& record : content.corrupt) {
      recovered_.corrupt_records += input_.quarantine.Add(file, record);
    }
    Segment& segment = content.segment;
    recovered_.cut_bytes += content.torn_bytes;
    recovered_.next_offset = segment.end_offset + content.unknown_events;
    const bool is_unused = segment.empty() && content.corrupt.empty();
    const bool is_cut = segment.end_offset < EndOnRecordOf(segment.base_offset);
    // Not touched: see RemoveEmptyTail, CheckNewest.
    if (is_unused || is_cut) return segment;
    if (content.unknown_events > 0) PHOENIX_RETURN_IF_ERROR(KeepOffsetsFree());
    const absl::Status closed =
        CloseSegment(file, segment, content.index.entries(), salt);
    // A full disk is no reason not to read: it is read like this again.
    if (!closed.ok() && !absl::IsResourceExhausted(closed)) return closed;
    PHOENIX_ASSIGN_OR_RETURN(segment.file_bytes, file.Size());
    return segment;
  }

  // Durable before a footer hides that something was lost. With a damaged slot
  // more are left free.
  absl::Status KeepOffsetsFree() {
    if (input_.cursor_file.damaged_slots() > 0) return absl::OkStatus();
    CursorState state = *input_.cursor_file.state();
    state.offset_bound = std::max(state.offset_bound, recovered_.next_offset);
    return input_.cursor_file.Save(state);
  }

  static absl::Status CloseSegment(File& file, const Segment& segment,
                                   const std::vector<IndexEntry>& index,
                                   uint32_t salt) {
    const absl::Status written = WriteFooter(file, segment, index, salt);
    if (!written.ok() && !absl::IsResourceExhausted(written)) return written;
    PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.recover.before_sync"));
    // Of what was found, too, which is about to go on record.
    PHOENIX_RETURN_IF_ERROR(file.Sync());
    return written;
  }

  // A segment that was made and never used; its name is free again. One in
  // which there was something stays: see CheckNewest.
  absl::Status RemoveEmptyTail() {
    while (!recovered_.segments.empty()) {
      const Segment& last = recovered_.segments.back();
      if (!last.empty() || last.data_end > SegmentHeader::kBytes) break;
      if (EndOnRecordBehind(last.base_offset) > last.base_offset) break;
      recovered_.next_offset =
          std::max(recovered_.next_offset, last.base_offset);
      PHOENIX_RETURN_IF_ERROR(ForgetNewest(last.base_offset));
      PHOENIX_RETURN_IF_ERROR(input_.files.Remove(PathOf(last.base_offset)));
      PHOENIX_RETURN_IF_ERROR(input_.files.SyncFolder(segments_folder_));
      recovered_.segments.pop_back();
    }
    return absl::OkStatus();
  }

  // Who takes it away later is not to be missed.
  absl::Status ForgetNewest(int64_t base) {
    const auto& saved = input_.cursor_file.state();
    const bool is_known = saved && input_.cursor_file.damaged_slots() == 0;
    if (!is_known || saved->newest_end <= base) return absl::OkStatus();
    CursorState state = *saved;
    state.newest_end = 0;
    state.newest_is_final = false;
    return input_.cursor_file.Save(state);
  }

  void FindCursor() {
    const auto& segments = recovered_.segments;
    const int64_t first = segments.empty() ? 0 : segments[0].base_offset;
    const int64_t end = segments.empty() ? 0 : segments.back().end_offset;
    recovered_.cursor_was_lost = !input_.cursor_file.state().has_value();
    recovered_.cursor =
        input_.cursor_file.state().value_or(CursorState{first, 0, 0});
    recovered_.next_offset =
        std::max({recovered_.next_offset, end, recovered_.cursor.cursor_offset,
                  recovered_.cursor.offset_bound});
    SkipUnknownOffsets();
  }

  // The last state may have known of segments that are gone.
  void SkipUnknownOffsets() {
    if (input_.cursor_file.damaged_slots() == 0) return;
    recovered_.offsets_were_skipped = true;
    recovered_.next_offset =
        NextUnknownOffset(recovered_.next_offset, input_.now);
    if (recovered_.cursor_was_lost && recovered_.segments.empty()) {
      recovered_.cursor.cursor_offset = recovered_.next_offset;
    }
  }

  // What lies before the first segment was deleted when it was behind the
  // cursor; nothing else is.
  absl::Status CheckChain() {
    const auto& segments = recovered_.segments;
    const int64_t cursor = recovered_.cursor.cursor_offset;
    for (size_t i = 0; i < segments.size(); ++i) {
      const Segment& segment = segments[i];
      // A damaged header does not tell.
      if (headers_.count(segment.base_offset) == 0) continue;
      const int64_t first = i > 0 ? segments[i - 1].end_offset : cursor;
      const int64_t end = segment.previous_end_offset;
      if (end > std::max(first, cursor)) {
        return EventsAreMissing(std::max(first, cursor), end);
      }
      if (end > first) recovered_.missing_behind.push_back({first, end});
    }
    return absl::OkStatus();
  }

  absl::Status CheckNewest() {
    const Segment last = Last();
    const int64_t end = EndOnRecordBehind(last.base_offset);
    if (end <= last.end_offset) return absl::OkStatus();
    const CursorState& saved = *input_.cursor_file.state();
    if (saved.newest_is_final) {
      recovered_.missing_behind.push_back({last.end_offset, end});
      return absl::OkStatus();
    }
    return absl::DataLossError(
        Cat("segments with events from ",
            std::max(last.end_offset, saved.cursor_offset), " on", kWhatToDo));
  }

  Segment Last() const {
    if (!recovered_.segments.empty()) return recovered_.segments.back();
    Segment none;
    none.base_offset = -1;
    return none;
  }

  void NoteNewest() {
    CursorState& cursor = recovered_.cursor;
    const Segment last = Last();
    cursor.newest_end = last.EndForTheRecord(input_.is_synced);
    cursor.newest_is_final =
        cursor.newest_end > 0 && last.end_offset <= cursor.cursor_offset;
  }

  const RecoveryInput& input_;
  const std::string segments_folder_;
  std::vector<int64_t> bases_;
  std::map<int64_t, SegmentHeader> headers_;
  RecoveredSegments recovered_;
};

}  // namespace

int64_t NextUnknownOffset(int64_t known, absl::Time now) {
  return std::max(known + kMinUnknownOffsets, absl::ToUnixMicros(now));
}

absl::StatusOr<RecoveredSegments> RecoverSegments(const RecoveryInput& input) {
  return Recovery(input).Run();
}

absl::StatusOr<std::vector<int64_t>> ListSegments(
    FileSystem& files, const std::string& segments_folder) {
  auto names = files.List(segments_folder);
  if (!names.ok()) return MoveAway(names.status());
  std::vector<int64_t> bases;
  for (const std::string& name : *names) {
    if (const auto base = ParseSegmentFileName(name)) bases.push_back(*base);
  }
  return bases;
}

absl::StatusOr<std::optional<SegmentHeader>> ReadSegmentHeader(
    const File& file, const LogId& log_id, int64_t base_offset) {
  char bytes[SegmentHeader::kBytes];
  PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                           file.ReadAt(0, bytes, sizeof(bytes)));
  const auto header = DecodeSegmentHeader({bytes, read});
  if (!header) return header;
  const std::string name = Cat("segment '", SegmentFileName(base_offset), "'");
  const absl::Status readable = CheckLogFormat(header->version);
  if (!readable.ok()) {
    return absl::Status(readable.code(),
                        Cat(name, ": ", FromAbsl(readable.message())));
  }
  if (header->log_id != log_id) {
    return absl::FailedPreconditionError(
        Cat(name, " belongs to another log: move it away"));
  }
  if (header->base_offset != base_offset) {
    return absl::FailedPreconditionError(
        Cat(name, " was renamed: give it its name '",
            SegmentFileName(header->base_offset),
            "' again, or, where there is such a file, move it away"));
  }
  return header;
}

}  // namespace phoenix
