#ifndef LIBS_LOG_EMBEDDED_RECORD_HEADER_H_
#define LIBS_LOG_EMBEDDED_RECORD_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace phoenix {

// How the message of a record is stored; numbers as on disk.
enum class Compression : uint8_t { kNone = 0, kLz4 = 1, kZstd = 2 };

// The header of a record, one batch in a segment. On disk, little-endian:
//
//   at  bytes
//    0    4   magic "PHXR"
//    4    4   CRC-32C of bytes 8 to 63
//    8    4   CRC-32C of the body as it is stored
//   12    4   bytes of the body
//   16    4   bytes of the message when it is not compressed
//   20    4   events in the batch, 1 to 65,536
//   24    8   offset of the first event
//   32    8   lane
//   40    8   when it was appended, nanoseconds since 1970
//   48    1   compression of the message
//   49    1   0
//   50    2   bytes of the identity
//   52    4   salt of the segment
//   56    8   position of this header in the segment
//
// Behind it the body: the message (a serialized phoenix.event.v1.EventBatch),
// perhaps compressed, and the identity (field 11 of that message, never
// compressed). Message and identity, one behind the other, are the batch as it
// travels. Then zeros up to a multiple of 8.
//
// Salt and position tell a record from one that only lies in another's payload,
// or that was left over from an earlier use of the disk.
struct RecordHeader {
  static constexpr size_t kBytes = 64;
  static constexpr size_t kAlignment = 8;
  static constexpr uint32_t kMagic = 0x52584850;  // "PHXR"

  // Nothing larger is appended, so nothing larger is believed: a batch has at
  // most 4 MiB by default, and a configured limit may be far higher.
  static constexpr uint32_t kMaxBodyBytes = 256 << 20;

  uint32_t body_crc = 0;
  uint32_t body_bytes = 0;
  uint32_t message_bytes = 0;
  uint32_t event_count = 0;
  int64_t first_offset = 0;
  uint64_t lane = 0;
  int64_t append_time_nanos = 0;
  Compression compression = Compression::kNone;
  uint16_t identity_bytes = 0;

  int64_t end_offset() const { return first_offset + event_count; }

  // Of the whole record, without and with its padding.
  uint64_t record_bytes() const { return kBytes + uint64_t{body_bytes}; }
  uint64_t padded_bytes() const {
    return (record_bytes() + kAlignment - 1) & ~uint64_t{kAlignment - 1};
  }

  friend bool operator==(const RecordHeader&, const RecordHeader&) = default;
};

// Where a record stands, which its header repeats.
struct RecordPlace {
  uint32_t salt = 0;
  uint64_t position = 0;
};

std::array<char, RecordHeader::kBytes> EncodeRecordHeader(
    const RecordHeader& header, const RecordPlace& place);

// Reads the header in the first 64 bytes of `bytes`; nullopt when there is no
// record at this place: too few bytes, another magic, salt or position, a wrong
// checksum, or a value that no version writes.
std::optional<RecordHeader> DecodeRecordHeader(std::string_view bytes,
                                               const RecordPlace& place);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RECORD_HEADER_H_
