#include "libs/log/embedded/record_header.h"

#include "libs/base/crc32c.h"
#include "libs/event/event_batch.h"
#include "libs/log/embedded/little_endian.h"

namespace phoenix {
namespace {

constexpr size_t kChecked = 8;  // What the header's checksum covers, from here.

bool IsPlausible(const RecordHeader& header) {
  return header.body_bytes <= RecordHeader::kMaxBodyBytes &&
         header.message_bytes <= RecordHeader::kMaxBodyBytes &&
         header.identity_bytes <= header.body_bytes && header.event_count > 0 &&
         header.event_count <= EventBatch::kMaxEvents &&
         header.first_offset >= 0 && header.compression <= Compression::kZstd;
}

}  // namespace

std::array<char, RecordHeader::kBytes> EncodeRecordHeader(
    const RecordHeader& header, const RecordPlace& place) {
  std::array<char, RecordHeader::kBytes> bytes{};
  char* const to = bytes.data();
  StoreLittleEndian(to, 0, RecordHeader::kMagic);
  StoreLittleEndian(to, 8, header.body_crc);
  StoreLittleEndian(to, 12, header.body_bytes);
  StoreLittleEndian(to, 16, header.message_bytes);
  StoreLittleEndian(to, 20, header.event_count);
  StoreLittleEndian(to, 24, header.first_offset);
  StoreLittleEndian(to, 32, header.lane);
  StoreLittleEndian(to, 40, header.append_time_nanos);
  StoreLittleEndian(to, 48, static_cast<uint8_t>(header.compression));
  StoreLittleEndian(to, 50, header.identity_bytes);
  StoreLittleEndian(to, 52, place.salt);
  StoreLittleEndian(to, 56, place.position);
  const std::string_view checked(to + kChecked, bytes.size() - kChecked);
  StoreLittleEndian(to, 4, Crc32c(checked));
  return bytes;
}

std::optional<RecordHeader> DecodeRecordHeader(std::string_view bytes,
                                               const RecordPlace& place) {
  if (bytes.size() < RecordHeader::kBytes ||
      LoadLittleEndian<uint32_t>(bytes, 0) != RecordHeader::kMagic ||
      LoadLittleEndian<uint32_t>(bytes, 52) != place.salt ||
      LoadLittleEndian<uint64_t>(bytes, 56) != place.position) {
    return std::nullopt;
  }
  const std::string_view checked =
      bytes.substr(kChecked, RecordHeader::kBytes - kChecked);
  if (LoadLittleEndian<uint32_t>(bytes, 4) != Crc32c(checked)) {
    return std::nullopt;
  }
  RecordHeader header;
  header.body_crc = LoadLittleEndian<uint32_t>(bytes, 8);
  header.body_bytes = LoadLittleEndian<uint32_t>(bytes, 12);
  header.message_bytes = LoadLittleEndian<uint32_t>(bytes, 16);
  header.event_count = LoadLittleEndian<uint32_t>(bytes, 20);
  header.first_offset = LoadLittleEndian<int64_t>(bytes, 24);
  header.lane = LoadLittleEndian<uint64_t>(bytes, 32);
  header.append_time_nanos = LoadLittleEndian<int64_t>(bytes, 40);
  header.compression =
      static_cast<Compression>(LoadLittleEndian<uint8_t>(bytes, 48));
  header.identity_bytes = LoadLittleEndian<uint16_t>(bytes, 50);
  if (!IsPlausible(header)) return std::nullopt;
  return header;
}

}  // namespace phoenix
