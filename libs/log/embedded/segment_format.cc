#include "libs/log/embedded/segment_format.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "libs/base/crc32c.h"
#include "libs/base/text.h"
#include "libs/log/embedded/little_endian.h"

namespace phoenix {
namespace {

constexpr std::string_view kSegmentMagic("PHNXSEG\0", 8);
constexpr size_t kSegmentCrcAt = 60;
constexpr uint32_t kFooterMagic = 0x46584850;  // "PHXF"
constexpr std::string_view kSuffix = ".log";
constexpr size_t kDigits = 20;

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string bytes(SegmentHeader::kBytes, '\0');
  char* const to = bytes.data();
  kSegmentMagic.copy(to, kSegmentMagic.size());
  StoreLittleEndian(to, 8, header.version);
  StoreLittleEndian(to, 12, header.log_id.high);
  StoreLittleEndian(to, 20, header.log_id.low);
  StoreLittleEndian(to, 28, header.base_offset);
  StoreLittleEndian(to, 36, header.previous_end_offset);
  StoreLittleEndian(to, 44, header.create_time_nanos);
  StoreLittleEndian(to, kSegmentCrcAt, Crc32c({to, kSegmentCrcAt}));
  return bytes;
}

std::optional<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  if (bytes.size() < SegmentHeader::kBytes ||
      bytes.substr(0, kSegmentMagic.size()) != kSegmentMagic ||
      LoadLittleEndian<uint32_t>(bytes, kSegmentCrcAt) !=
          Crc32c(bytes.substr(0, kSegmentCrcAt))) {
    return std::nullopt;
  }
  SegmentHeader header;
  header.version = LoadLittleEndian<uint32_t>(bytes, 8);
  header.log_id = {LoadLittleEndian<uint64_t>(bytes, 12),
                   LoadLittleEndian<uint64_t>(bytes, 20)};
  header.base_offset = LoadLittleEndian<int64_t>(bytes, 28);
  header.previous_end_offset = LoadLittleEndian<int64_t>(bytes, 36);
  header.create_time_nanos = LoadLittleEndian<int64_t>(bytes, 44);
  return header;
}

uint32_t SegmentSalt(const LogId& log_id, int64_t base_offset) {
  char bytes[24];
  StoreLittleEndian(bytes, 0, log_id.high);
  StoreLittleEndian(bytes, 8, log_id.low);
  StoreLittleEndian(bytes, 16, base_offset);
  return Crc32c({bytes, sizeof(bytes)});
}

std::string SegmentFileName(int64_t base_offset) {
  return absl::StrFormat("%020d", base_offset) + std::string(kSuffix);
}

std::optional<int64_t> ParseSegmentFileName(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() ||
      name.substr(kDigits) != kSuffix) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(0, kDigits);
  int64_t base = 0;
  if (digits.find_first_not_of("0123456789") != std::string_view::npos ||
      !absl::SimpleAtoi(ToAbsl(digits), &base)) {
    return std::nullopt;
  }
  return base;
}

std::string EncodeSegmentFooter(const SegmentFooter& footer, uint32_t salt) {
  std::string bytes(SegmentFooter::kBytes, '\0');
  char* const to = bytes.data();
  StoreLittleEndian(to, 0, kFooterMagic);
  StoreLittleEndian(to, 8, footer.index_crc);
  StoreLittleEndian(to, 12, footer.index_count);
  StoreLittleEndian(to, 16, footer.data_end);
  StoreLittleEndian(to, 24, footer.end_offset);
  StoreLittleEndian(to, 32, footer.last_append_time_nanos);
  StoreLittleEndian(to, 40, footer.record_count);
  StoreLittleEndian(to, 48, footer.event_count);
  StoreLittleEndian(to, 56, salt);
  StoreLittleEndian(to, 4, Crc32c(std::string_view(bytes).substr(8)));
  return bytes;
}

std::optional<SegmentFooter> DecodeSegmentFooter(std::string_view bytes,
                                                 uint32_t salt) {
  if (bytes.size() < SegmentFooter::kBytes ||
      LoadLittleEndian<uint32_t>(bytes, 0) != kFooterMagic ||
      LoadLittleEndian<uint32_t>(bytes, 56) != salt ||
      LoadLittleEndian<uint32_t>(bytes, 4) !=
          Crc32c(bytes.substr(8, SegmentFooter::kBytes - 8))) {
    return std::nullopt;
  }
  SegmentFooter footer;
  footer.index_crc = LoadLittleEndian<uint32_t>(bytes, 8);
  footer.index_count = LoadLittleEndian<uint32_t>(bytes, 12);
  footer.data_end = LoadLittleEndian<uint64_t>(bytes, 16);
  footer.end_offset = LoadLittleEndian<int64_t>(bytes, 24);
  footer.last_append_time_nanos = LoadLittleEndian<int64_t>(bytes, 32);
  footer.record_count = LoadLittleEndian<uint64_t>(bytes, 40);
  footer.event_count = LoadLittleEndian<uint64_t>(bytes, 48);
  return footer;
}

std::string EncodeIndex(const std::vector<IndexEntry>& index) {
  std::string bytes(index.size() * SegmentFooter::kEntryBytes, '\0');
  char* to = bytes.data();
  for (const IndexEntry& entry : index) {
    StoreLittleEndian(to, 0, entry.first_offset);
    StoreLittleEndian(to, 8, entry.position);
    StoreLittleEndian(to, 16, entry.append_time_nanos);
    to += SegmentFooter::kEntryBytes;
  }
  return bytes;
}

std::vector<IndexEntry> DecodeIndex(std::string_view bytes) {
  std::vector<IndexEntry> index;
  for (; bytes.size() >= SegmentFooter::kEntryBytes;
       bytes.remove_prefix(SegmentFooter::kEntryBytes)) {
    index.push_back({LoadLittleEndian<int64_t>(bytes, 0),
                     LoadLittleEndian<uint64_t>(bytes, 8),
                     LoadLittleEndian<int64_t>(bytes, 16)});
  }
  return index;
}

}  // namespace phoenix
