#ifndef LIBS_LOG_EMBEDDED_SEGMENT_H_
#define LIBS_LOG_EMBEDDED_SEGMENT_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/segment_format.h"

namespace phoenix {

// What is known of one segment: a value, copied freely.
struct Segment {
  int64_t base_offset = 0;
  int64_t previous_end_offset = 0;

  // What is durable, and so counts: records end here.
  int64_t end_offset = 0;
  uint64_t data_end = SegmentHeader::kBytes;

  // When it was made, no later than its first record was appended; 0 when a
  // damaged header does not tell.
  int64_t create_time_nanos = 0;

  int64_t last_append_time_nanos = 0;
  uint64_t record_count = 0;
  uint64_t event_count = 0;
  uint64_t file_bytes = SegmentHeader::kBytes;

  // How many events the catalog that knows the segment has before it, counted
  // from the first that was found on opening: without the gaps of offsets.
  uint64_t sequence = 0;

  // The same of the first event behind it; damaged ones count.
  uint64_t end_sequence() const {
    return sequence + static_cast<uint64_t>(end_offset - base_offset);
  }

  bool empty() const { return record_count == 0; }

  // How far its events reach at least, whatever happens to the power: without a
  // sync all that is sure is that there were some.
  int64_t EndForTheRecord(bool is_synced) const {
    return is_synced ? end_offset : std::min(end_offset, base_offset + 1);
  }
};

// Notes where records begin, one every so many bytes.
class SparseIndex {
 public:
  // A seek reads about this much too much.
  static constexpr uint64_t kStrideBytes = 256 << 10;

  // The next record; those of a segment come in order.
  void Add(const IndexEntry& entry);

  const std::vector<IndexEntry>& entries() const { return entries_; }

 private:
  std::vector<IndexEntry> entries_;
};

// The last entry at or below `offset`; the start of the records, with
// `base_offset`, when there is none.
IndexEntry SeekOffset(const std::vector<IndexEntry>& index, int64_t offset,
                      int64_t base_offset);

// The last entry appended before `nanos`; likewise. Append times never go
// back within a log.
IndexEntry SeekTime(const std::vector<IndexEntry>& index, int64_t nanos,
                    int64_t base_offset);

// Makes the footer of a segment and writes it: summary, index, summary, and the
// rest of the file cut off. Not synced: recovery does without a footer. Where
// the disk has no room even then, the file ends behind its records.
absl::Status WriteFooter(File& file, const Segment& segment,
                         const std::vector<IndexEntry>& index, uint32_t salt);

// The footer at the end of a file, if a whole and right one is there.
absl::StatusOr<std::optional<SegmentFooter>> ReadFooter(const File& file,
                                                        uint32_t salt);

// The index of a sealed segment; empty when it can't be trusted, which only
// makes a seek slower.
absl::StatusOr<std::vector<IndexEntry>> ReadIndex(const File& file,
                                                  uint32_t salt);

// Writes one new segment. Thread-compatible.
class SegmentWriter {
 public:
  // Makes the file and writes its header; its name is durable. `allocate_bytes`
  // are reserved for it if the disk has them.
  static absl::StatusOr<SegmentWriter> Create(FileSystem& files,
                                              const std::string& folder,
                                              const SegmentHeader& header,
                                              uint64_t allocate_bytes);

  // Writes records behind the last ones that were kept. Not durable yet, and
  // forgotten unless Keep follows.
  absl::Status Write(absl::Span<const std::string_view> pieces);

  // Reserves room for so many bytes behind the last records that were kept.
  absl::Status Allocate(uint64_t bytes) {
    return file_->Allocate(segment_.data_end + bytes);
  }

  absl::Status Sync() { return file_->Sync(); }

  // The records of the last Write count: `segment` describes it with them.
  void Keep(const Segment& segment, const std::vector<IndexEntry>& records);

  // Cuts off what was written and not kept.
  absl::Status CutBack() { return file_->Truncate(segment_.data_end); }

  // Closes the segment behind the records that were kept. Not synced.
  absl::Status Seal();

  const Segment& segment() const { return segment_; }
  const std::vector<IndexEntry>& index() const { return index_.entries(); }
  uint32_t salt() const { return salt_; }

 private:
  SegmentWriter(std::unique_ptr<File> file, const SegmentHeader& header);

  std::unique_ptr<File> file_;
  uint32_t salt_;
  Segment segment_;
  SparseIndex index_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_SEGMENT_H_
