// Arbitrary bytes as a segment: whatever they are, reading ends, goes forward,
// and gives nothing whose checksum does not hold.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>

#include "libs/base/crc32c.h"
#include "libs/log/embedded/record_body.h"
#include "libs/log/embedded/segment_scanner.h"

namespace phoenix {
namespace {

constexpr uint32_t kSalt = 0x31313131;

void Check(bool holds) {
  if (!holds) std::abort();
}

class BytesFile : public File {
 public:
  explicit BytesFile(std::string bytes) : bytes_(std::move(bytes)) {}

  absl::StatusOr<size_t> ReadAt(uint64_t offset, char* to,
                                size_t size) const override {
    const std::string_view rest =
        std::string_view(bytes_).substr(std::min(offset, bytes_.size()));
    return rest.copy(to, size);
  }
  absl::Status WriteAt(uint64_t, absl::Span<const std::string_view>) override {
    return absl::UnimplementedError("");
  }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::Status Truncate(uint64_t) override { return absl::OkStatus(); }
  absl::Status Allocate(uint64_t) override { return absl::OkStatus(); }
  absl::StatusOr<uint64_t> Size() const override { return bytes_.size(); }

 private:
  const std::string bytes_;
};

// Gives headers that lie at the right places the checksum that they need, so
// that the fuzzer gets behind it.
std::string Mended(std::string bytes) {
  for (size_t at = 64; at + RecordHeader::kBytes <= bytes.size(); at += 8) {
    if (bytes.compare(at, 4, "PHXR") != 0) continue;
    const uint64_t position = at;
    std::memcpy(&bytes[at + 52], &kSalt, sizeof(kSalt));
    std::memcpy(&bytes[at + 56], &position, sizeof(position));
    const uint32_t crc = Crc32c(std::string_view(bytes).substr(at + 8, 56));
    std::memcpy(&bytes[at + 4], &crc, sizeof(crc));
  }
  return bytes;
}

void Scan(const std::string& bytes) {
  const BytesFile file(bytes);
  SegmentScanner scanner(
      file, {.salt = kSalt,
             .limit = std::max<uint64_t>(bytes.size(), SegmentHeader::kBytes)});
  while (true) {
    const uint64_t before = scanner.position();
    const int64_t offset = scanner.expected_offset();
    const auto step = scanner.Next();
    Check(step.ok());
    Check(scanner.expected_offset() >= offset);
    if (std::holds_alternative<SegmentEnd>(*step)) return;
    Check(scanner.position() > before);
    if (const auto* record = std::get_if<SegmentRecord>(&*step)) {
      Check(Crc32c(record->body.view()) == record->header.body_crc);
      DecodeRecordBody(record->header, record->body).status().IgnoreError();
    }
  }
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  phoenix::Scan(bytes);
  phoenix::Scan(phoenix::Mended(bytes));
  return 0;
}
