#ifndef LIBS_LOG_EMBEDDED_SEGMENT_FORMAT_H_
#define LIBS_LOG_EMBEDDED_SEGMENT_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phoenix {

// The version of the format of a log's files that this program writes, and the
// newest that it reads.
inline constexpr uint32_t kLogFormatVersion = 1;

// What makes two logs different, however they are named: random, drawn when the
// log is made.
struct LogId {
  uint64_t high = 0;
  uint64_t low = 0;

  friend bool operator==(const LogId&, const LogId&) = default;
};

// The header of a segment, the first 64 bytes of its file, little-endian:
//
//   at  bytes
//    0    8   magic "PHNXSEG" and a zero
//    8    4   version of the format
//   12   16   id of the log
//   28    8   base offset: no record in the segment has a lower one
//   36    8   end offset of the segments before: what lies at or beyond it in
//             those was never acknowledged and does not count
//   44    8   when the segment was made, nanoseconds since 1970
//   52    8   0
//   60    4   CRC-32C of bytes 0 to 59
//
// Records follow, each at a multiple of 8, then, once the segment is sealed,
// its footer.
struct SegmentHeader {
  static constexpr size_t kBytes = 64;

  LogId log_id;
  int64_t base_offset = 0;
  int64_t previous_end_offset = 0;
  int64_t create_time_nanos = 0;
  uint32_t version = kLogFormatVersion;

  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

std::string EncodeSegmentHeader(const SegmentHeader& header);

// nullopt when the bytes are no header. Of a version beyond kLogFormatVersion
// only that is known: see ReadSegmentHeader.
std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view bytes);

// What every record of a segment repeats. Follows from the log and the name of
// the file, so that a damaged segment header costs no record.
uint32_t SegmentSalt(const LogId& log_id, int64_t base_offset);

// "00000000000000001234.log".
std::string SegmentFileName(int64_t base_offset);
std::optional<int64_t> ParseSegmentFileName(std::string_view name);

// Where a record begins: every so often one is noted, for whoever seeks.
struct IndexEntry {
  int64_t first_offset = 0;
  uint64_t position = 0;
  int64_t append_time_nanos = 0;

  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

// What closes a sealed segment: this summary, the index, and the summary once
// more at the very end of the file. On disk, little-endian:
//
//   at  bytes
//    0    4   magic "PHXF"
//    4    4   CRC-32C of bytes 8 to 63
//    8    4   CRC-32C of the index
//   12    4   entries of the index
//   16    8   where the records end and the first summary begins
//   24    8   end offset of the last record
//   32    8   when the last record was appended, nanoseconds since 1970
//   40    8   records
//   48    8   events
//   56    4   salt of the segment
//   60    4   0
//
// An entry of the index: offset, position and append time, 8 bytes each.
struct SegmentFooter {
  static constexpr size_t kBytes = 64;
  static constexpr size_t kEntryBytes = 24;

  uint32_t index_crc = 0;
  uint32_t index_count = 0;
  uint64_t data_end = 0;
  int64_t end_offset = 0;
  int64_t last_append_time_nanos = 0;
  uint64_t record_count = 0;
  uint64_t event_count = 0;

  // Of the whole file.
  uint64_t file_bytes() const {
    return data_end + 2 * kBytes + uint64_t{index_count} * kEntryBytes;
  }

  friend bool operator==(const SegmentFooter&, const SegmentFooter&) = default;
};

std::string EncodeSegmentFooter(const SegmentFooter& footer, uint32_t salt);

// nullopt when the first 64 bytes are no such summary of this segment.
std::optional<SegmentFooter> DecodeSegmentFooter(std::string_view bytes,
                                                 uint32_t salt);

std::string EncodeIndex(const std::vector<IndexEntry>& index);
std::vector<IndexEntry> DecodeIndex(std::string_view bytes);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_SEGMENT_FORMAT_H_
