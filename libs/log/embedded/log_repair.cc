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
      PHOENIX_ASSIGN_OR_RETURN(lock, files_.Lock(Cat(folder_, "/", kLockFile)));
    }
    PHOENIX_ASSIGN_OR_RETURN(bases_,
                             ListSegments(files_, SegmentsFolder(folder_)));
    if (repair_.rewrite_meta) PHOENIX_RETURN_IF_ERROR(RewriteMeta());
    if (repair_.accept_missing) PHOENIX_RETURN_IF_ERROR(AcceptMissing());
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
    return DecodeSegmentHeader({bytes, read});
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
    int64_t end = 0;
    if (!repair_.dry_run) {
      PHOENIX_ASSIGN_OR_RETURN(const auto cursor,
                               CursorFile::Open(files_, folder_, id));
      if (cursor.state()) end = cursor.state()->cursor_offset;
    }
    for (const int64_t base : bases_) {
      PHOENIX_ASSIGN_OR_RETURN(const auto header, ReadWholeHeader(base));
      if (header && header->previous_end_offset > end) {
        PHOENIX_RETURN_IF_ERROR(CloseGap(*header, end));
      }
      PHOENIX_ASSIGN_OR_RETURN(const int64_t segment_end, EndOf(base, id));
      end = std::max(end, segment_end);
    }
    return absl::OkStatus();
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

  absl::StatusOr<int64_t> EndOf(int64_t base, const LogId& id) {
    PHOENIX_ASSIGN_OR_RETURN(const auto file,
                             files_.Open(PathOf(base), OpenMode::kRead));
    const uint32_t salt = SegmentSalt(id, base);
    PHOENIX_ASSIGN_OR_RETURN(const auto footer, ReadFooter(*file, salt));
    if (footer) return footer->end_offset;
    Segment segment;
    segment.base_offset = base;
    PHOENIX_ASSIGN_OR_RETURN(
        const SegmentContent content,
        ReadSegmentContent(*file, salt, segment, kNoSuccessor));
    return content.segment.end_offset;
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
