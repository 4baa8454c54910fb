#include "libs/log/embedded/segment.h"

#include <algorithm>
#include <utility>

#include "libs/base/crc32c.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr uint64_t kFooterBytes = SegmentFooter::kBytes;

SegmentFooter FooterOf(const Segment& segment, std::string_view index,
                       size_t index_count) {
  SegmentFooter footer;
  footer.index_crc = Crc32c(index);
  footer.index_count = static_cast<uint32_t>(index_count);
  footer.data_end = segment.data_end;
  footer.end_offset = segment.end_offset;
  footer.last_append_time_nanos = segment.last_append_time_nanos;
  footer.record_count = segment.record_count;
  footer.event_count = segment.event_count;
  return footer;
}

template <typename IsBelow>
IndexEntry Seek(const std::vector<IndexEntry>& index, int64_t base_offset,
                IsBelow is_below) {
  const auto after = std::partition_point(index.begin(), index.end(), is_below);
  if (after == index.begin()) {
    return {base_offset, SegmentHeader::kBytes, 0};
  }
  return *std::prev(after);
}

}  // namespace

void SparseIndex::Add(const IndexEntry& entry) {
  if (entries_.empty() ||
      entry.position >= entries_.back().position + kStrideBytes) {
    entries_.push_back(entry);
  }
}

IndexEntry SeekOffset(const std::vector<IndexEntry>& index, int64_t offset,
                      int64_t base_offset) {
  return Seek(index, base_offset, [offset](const IndexEntry& entry) {
    return entry.first_offset <= offset;
  });
}

IndexEntry SeekTime(const std::vector<IndexEntry>& index, int64_t nanos,
                    int64_t base_offset) {
  return Seek(index, base_offset, [nanos](const IndexEntry& entry) {
    return entry.append_time_nanos < nanos;
  });
}

absl::Status WriteFooter(File& file, const Segment& segment,
                         const std::vector<IndexEntry>& index, uint32_t salt) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.seal.before_footer"));
  const std::string entries = EncodeIndex(index);
  const SegmentFooter footer = FooterOf(segment, entries, index.size());
  const std::string summary = EncodeSegmentFooter(footer, salt);
  const auto write = [&] {
    return file.WriteAt(segment.data_end, {summary, entries, summary});
  };
  absl::Status written = write();
  if (absl::IsResourceExhausted(written)) {
    // What was reserved behind the records is room for it.
    PHOENIX_RETURN_IF_ERROR(file.Truncate(segment.data_end));
    written = write();
  }
  if (!written.ok()) {
    file.Truncate(segment.data_end).IgnoreError();
    return written;
  }
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.seal.before_truncate"));
  return file.Truncate(footer.file_bytes());
}

absl::StatusOr<std::optional<SegmentFooter>> ReadFooter(const File& file,
                                                        uint32_t salt) {
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  if (size < SegmentHeader::kBytes + 2 * kFooterBytes) return std::nullopt;
  char bytes[kFooterBytes];
  PHOENIX_ASSIGN_OR_RETURN(
      const size_t read, file.ReadAt(size - kFooterBytes, bytes, kFooterBytes));
  const auto footer = DecodeSegmentFooter({bytes, read}, salt);
  if (!footer || footer->file_bytes() != size) return std::nullopt;
  return footer;
}

absl::StatusOr<std::vector<IndexEntry>> ReadIndex(const File& file,
                                                  uint32_t salt) {
  PHOENIX_ASSIGN_OR_RETURN(const auto footer, ReadFooter(file, salt));
  if (!footer) return std::vector<IndexEntry>();
  std::string bytes(footer->index_count * SegmentFooter::kEntryBytes, '\0');
  PHOENIX_ASSIGN_OR_RETURN(
      const size_t read,
      file.ReadAt(footer->data_end + kFooterBytes, bytes.data(), bytes.size()));
  if (read < bytes.size() || Crc32c(bytes) != footer->index_crc) {
    return std::vector<IndexEntry>();
  }
  return DecodeIndex(bytes);
}

SegmentWriter::SegmentWriter(std::unique_ptr<File> file,
                             const SegmentHeader& header)
    : file_(std::move(file)),
      salt_(SegmentSalt(header.log_id, header.base_offset)) {
  segment_.base_offset = header.base_offset;
  segment_.end_offset = header.base_offset;
  segment_.previous_end_offset = header.previous_end_offset;
  segment_.create_time_nanos = header.create_time_nanos;
}

absl::StatusOr<SegmentWriter> SegmentWriter::Create(FileSystem& files,
                                                    const std::string& folder,
                                                    const SegmentHeader& header,
                                                    uint64_t allocate_bytes) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.roll.before_create"));
  const std::string path =
      Cat(folder, "/", SegmentFileName(header.base_offset));
  PHOENIX_ASSIGN_OR_RETURN(auto file, files.Open(path, OpenMode::kCreate));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.roll.before_header"));
  // Only for speed, and to know early that the disk is full.
  file->Allocate(allocate_bytes).IgnoreError();
  PHOENIX_RETURN_IF_ERROR(file->WriteAt(0, {EncodeSegmentHeader(header)}));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.roll.before_folder_sync"));
  PHOENIX_RETURN_IF_ERROR(files.SyncFolder(folder));
  return SegmentWriter(std::move(file), header);
}

absl::Status SegmentWriter::Write(absl::Span<const std::string_view> pieces) {
  return file_->WriteAt(segment_.data_end, pieces);
}

void SegmentWriter::Keep(const Segment& segment,
                         const std::vector<IndexEntry>& records) {
  segment_ = segment;
  for (const IndexEntry& record : records) index_.Add(record);
}

absl::Status SegmentWriter::Seal() {
  PHOENIX_RETURN_IF_ERROR(
      WriteFooter(*file_, segment_, index_.entries(), salt_));
  PHOENIX_ASSIGN_OR_RETURN(segment_.file_bytes, file_->Size());
  return absl::OkStatus();
}

}  // namespace phoenix
