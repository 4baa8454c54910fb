#include "libs/log/embedded/log_repair.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/recovery.h"
#include "libs/log/embedded/segment_content.h"

namespace phoenix {
namespace {

class Repairer {
 public:
  Repairer(FileSystem& files, const std::string& folder,
           const LogRepair& repair)
      : files_(files), folder_(folder), repair_(repair) {}

  absl::StatusOr<std::vector<std::string>> Run() {
    std::unique_ptr<FileLock> lock;
    if (!repair_.dry_run) {
      PHOENIX_ASSIGN_OR_RETURN(lock, LockLogFolder(files_, folder_));
    }
    PHOENIX_ASSIGN_OR_RETURN(bases_,
                             ListSegments(files_, SegmentsFolder(folder_)));
    if (repair_.rewrite_meta) PHOENIX_RETURN_IF_ERROR(RewriteMeta());
    if (repair_.accept_missing) PHOENIX_RETURN_IF_ERROR(AcceptMissing());
    if (repair_.next_offset) {
      PHOENIX_RETURN_IF_ERROR(SetNextOffset(*repair_.next_offset));
    }
    return std::move(deeds_);
  }

 private:
  std::string PathOf(int64_t base) const {
    return Cat(SegmentsFolder(folder_), "/", SegmentFileName(base));
  }

  // Of META, or else of any segment.
  absl::StatusOr<LogId> FindId() {
    const auto meta = ReadLogMeta(files_, folder_);
    if (meta.ok()) return meta->id;
    // A newer version's log is none of ours to change.
    if (absl::IsFailedPrecondition(meta.status())) return meta.status();
    for (const int64_t base : bases_) {
      const auto content = ReadWholeHeader(base);
      if (content.ok() && *content) return (*content)->log_id;
    }
    return absl::DataLossError(
        "neither META nor the header of any segment can be read");
  }

  absl::StatusOr<std::optional<SegmentHeader>> ReadWholeHeader(int64_t base) {
    PHOENIX_ASSIGN_OR_RETURN(const auto file,
                             files_.Open(PathOf(base), OpenMode::kRead));
    char bytes[SegmentHeader::kBytes];
    PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                             file->ReadAt(0, bytes, sizeof(bytes)));
    const auto header = DecodeSegmentHeader({bytes, read});
    // A newer version's log is none of ours to change.
    if (header) PHOENIX_RETURN_IF_ERROR(CheckLogFormat(header->version));
    return header;
  }

  absl::Status RewriteMeta() {
    PHOENIX_ASSIGN_OR_RETURN(const LogId id, FindId());
    const LogMeta meta = {kLogFormatVersion, id, *repair_.rewrite_meta};
    deeds_.push_back(
        Cat("META: written anew for pipeline '", meta.pipeline, "'"));
    if (repair_.dry_run) return absl::OkStatus();
    return WriteWholeFile(files_, folder_, kMetaFile, EncodeLogMeta(meta));
  }

  absl::Status AcceptMissing() {
    PHOENIX_ASSIGN_OR_RETURN(const LogId id, FindId());
    PHOENIX_ASSIGN_OR_RETURN(const FoundCursor cursor, ReadCursor(id));
    int64_t end = cursor.state.value_or(CursorState()).cursor_offset;
    for (size_t i = 0; i < bases_.size(); ++i) {
      PHOENIX_ASSIGN_OR_RETURN(const int64_t segment_end, EndOf(i, id, cursor));
      // Begun and never used: it is removed by who opens the log next.
      if (i > 0 && i + 1 == bases_.size() && segment_end == bases_[i]) break;
      PHOENIX_ASSIGN_OR_RETURN(const auto header, ReadWholeHeader(bases_[i]));
      if (header && header->previous_end_offset > end) {
        PHOENIX_RETURN_IF_ERROR(CloseGap(*header, end));
      }
      end = i == 0 ? segment_end : std::max(end, segment_end);
    }
    return AcceptMissingNewest(cursor, end, id);
  }

  struct FoundCursor {
    std::optional<CursorState> state;
    int damaged_slots = 0;
  };

  // Without making the file, which opening it would.
  absl::StatusOr<FoundCursor> ReadCursor(const LogId& id) {
    const auto names = files_.List(folder_);
    PHOENIX_RETURN_IF_ERROR(names.status());
    const bool is_there = std::find(names->begin(), names->end(),
                                    CursorFile::kName) != names->end();
    if (!is_there) return FoundCursor();
    PHOENIX_ASSIGN_OR_RETURN(const auto file,
                             CursorFile::Open(files_, folder_, id));
    return FoundCursor{file.state(), file.damaged_slots()};
  }

  absl::Status AcceptMissingNewest(const FoundCursor& cursor, int64_t end,
                                   const LogId& id) {
    if (bases_.empty()) end = 0;
    const int64_t known_end = EndOnRecordIn(cursor);
    if (known_end <= end) return absl::OkStatus();
    CursorState state = *cursor.state;
    if (!state.newest_is_final) {
      state.offset_bound =
          std::max({state.offset_bound, state.cursor_offset, known_end}) +
          kMinUnknownOffsets;
    }
    deeds_.push_back(
        Cat("cursor: events from ", end, " on are given up",
            state.newest_is_final
                ? ": all of them are behind the cursor"
                : Cat("; the next one gets offset ", state.offset_bound)));
    if (repair_.dry_run) return absl::OkStatus();
    state.newest_end = end;
    state.newest_is_final = false;
    PHOENIX_ASSIGN_OR_RETURN(auto file, CursorFile::Open(files_, folder_, id));
    return file.Save(state);
  }

  int64_t EndOnRecordIn(const FoundCursor& cursor) const {
    const int64_t last_base = bases_.empty() ? -1 : bases_.back();
    return EndOnRecord(cursor.state, cursor.damaged_slots, last_base);
  }

  absl::Status SetNextOffset(int64_t next) {
    PHOENIX_ASSIGN_OR_RETURN(const LogId id, FindId());
    PHOENIX_ASSIGN_OR_RETURN(const FoundCursor cursor, ReadCursor(id));
    const int64_t first = bases_.empty() ? 0 : bases_.front();
    CursorState state = cursor.state.value_or(CursorState{first, 0, 0});
    int64_t end = std::max(state.cursor_offset, state.offset_bound);
    for (size_t i = 0; i < bases_.size(); ++i) {
      PHOENIX_ASSIGN_OR_RETURN(const int64_t segment_end, EndOf(i, id, cursor));
      end = std::max(end, segment_end);
    }
    // Opening would have left as many free, or more.
    const bool is_known = cursor.state && cursor.damaged_slots == 0;
    if (!is_known) next = std::max(next, end + kMinUnknownOffsets);
    if (end >= next) return absl::OkStatus();
    state.offset_bound = next;
    deeds_.push_back(
        Cat("cursor: the next event gets offset ", next, ", instead of ", end));
    if (repair_.dry_run) return absl::OkStatus();
    PHOENIX_ASSIGN_OR_RETURN(auto file, CursorFile::Open(files_, folder_, id));
    return file.Mend(state);
  }

  // The header lies in one sector, which a disk writes whole or not at all.
  absl::Status CloseGap(SegmentHeader header, int64_t end) {
    deeds_.push_back(
        Cat("segment ", SegmentFileName(header.base_offset), ": events ", end,
            " to ", header.previous_end_offset - 1, " before it are given up"));
    if (repair_.dry_run) return absl::OkStatus();
    header.previous_end_offset = end;
    PHOENIX_ASSIGN_OR_RETURN(
        const auto file,
        files_.Open(PathOf(header.base_offset), OpenMode::kReadWrite));
    PHOENIX_RETURN_IF_ERROR(file->WriteAt(0, {EncodeSegmentHeader(header)}));
    return file->Sync();
  }

  // Of the i-th segment, as opening the log finds it.
  absl::StatusOr<int64_t> EndOf(size_t i, const LogId& id,
                                const FoundCursor& cursor) {
    const int64_t base = bases_[i];
    PHOENIX_ASSIGN_OR_RETURN(const auto file,
                             files_.Open(PathOf(base), OpenMode::kRead));
    const uint32_t salt = SegmentSalt(id, base);
    PHOENIX_ASSIGN_OR_RETURN(const auto footer, ReadFooter(*file, salt));
    if (footer) return footer->end_offset;
    Segment segment;
    segment.base_offset = base;
    PHOENIX_ASSIGN_OR_RETURN(const int64_t successor_end, SuccessorEnd(i));
    PHOENIX_ASSIGN_OR_RETURN(
        const SegmentContent content,
        ReadSegmentContent(*file, salt, segment, successor_end,
                           i + 1 == bases_.size() ? EndOnRecordIn(cursor) : 0));
    return content.segment.end_offset;
  }

  absl::StatusOr<int64_t> SuccessorEnd(size_t i) {
    if (i + 1 == bases_.size()) return kNoSuccessor;
    PHOENIX_ASSIGN_OR_RETURN(const auto header, ReadWholeHeader(bases_[i + 1]));
    return header ? header->previous_end_offset : bases_[i + 1];
  }

  FileSystem& files_;
  const std::string& folder_;
  const LogRepair& repair_;
  std::vector<int64_t> bases_;
  std::vector<std::string> deeds_;
};

}  // namespace

absl::StatusOr<std::vector<std::string>> RepairLog(FileSystem& files,
                                                   const std::string& folder,
                                                   const LogRepair& repair) {
  return Repairer(files, folder, repair).Run();
}

}  // namespace phoenix
