#ifndef LIBS_LOG_EMBEDDED_SEGMENT_SCANNER_H_
#define LIBS_LOG_EMBEDDED_SEGMENT_SCANNER_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "libs/base/shared_bytes.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/record_header.h"
#include "libs/log/embedded/segment_format.h"

namespace phoenix {

// A record whose checksums hold.
struct SegmentRecord {
  RecordHeader header;
  SharedBytes body;  // As it is stored.
  uint64_t position = 0;
};

// A stretch of a segment in which something was, and can't be read.
struct SegmentDamage {
  uint64_t begin = 0;
  uint64_t end = 0;

  // Where the offsets go on behind it; nullopt when nothing that follows tells.
  std::optional<int64_t> next_offset;

  // It can be what a write leaves that power cut short: sectors of zeros, or
  // less than the record should have. Only at the end of a segment that was
  // being written does that mean anything.
  bool looks_torn = false;
};

// Nothing more: the records end at `data_end`.
struct SegmentEnd {
  uint64_t data_end = 0;
  std::optional<SegmentFooter> footer;
};

// Reads the records of one segment in order, where they lie in what was read,
// and finds its way behind damage: to the next place that has a valid header.
// Believes nothing that has no valid checksum. The file outlives the scanner.
// Thread-compatible.
class SegmentScanner {
 public:
  using Step = std::variant<SegmentRecord, SegmentDamage, SegmentEnd>;

  // What is read at once: many small records, or part of a large one.
  static constexpr uint64_t kWindowBytes = 1 << 20;

  struct Options {
    uint32_t salt = 0;
    uint64_t begin = SegmentHeader::kBytes;
    uint64_t limit = 0;           // Nothing at or behind it is looked at.
    int64_t expected_offset = 0;  // No record has a lower one.
  };

  SegmentScanner(const File& file, Options options)
      : file_(file),
        salt_(options.salt),
        position_(options.begin),
        limit_(options.limit),
        expected_offset_(options.expected_offset) {}

  // The next record, damage, or the end, which it gives again when it is asked
  // again, unless the limit has grown. An error is that of the file.
  absl::StatusOr<Step> Next();

  // More has been written.
  void SetLimit(uint64_t limit) { limit_ = limit; }

  // Where Next goes on.
  uint64_t position() const { return position_; }

  // The offset that the next record begins with, as far as it is known.
  int64_t expected_offset() const { return expected_offset_; }

 private:
  struct Landmark;

  absl::StatusOr<SharedBytes> Window(uint64_t position, uint64_t size);
  absl::StatusOr<Step> ReadRecord(const RecordHeader& header);
  absl::StatusOr<Step> EndOrDamage(std::string_view at_position);
  absl::StatusOr<Step> Resynchronise();
  absl::StatusOr<std::optional<Landmark>> FindLandmark(uint64_t from);
  std::optional<Landmark> LandmarkAt(std::string_view bytes,
                                     uint64_t position) const;
  absl::StatusOr<bool> IsZero(uint64_t begin, uint64_t end);
  absl::StatusOr<bool> LooksTorn(uint64_t begin, uint64_t end);

  const File& file_;
  const uint32_t salt_;
  uint64_t position_;
  uint64_t limit_;
  int64_t expected_offset_;
  SharedBytes window_;
  uint64_t window_begin_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_SEGMENT_SCANNER_H_
