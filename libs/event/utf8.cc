#include "libs/event/utf8.h"

#include <simdjson.h>

#include <algorithm>

#include "libs/event/string_column.h"

namespace phoenix {
namespace {

// Whether a character of valid UTF-8 starts at `at`, or `blob` ends there.
bool IsBoundary(std::string_view blob, uint32_t at) {
  return at == blob.size() || (static_cast<uint8_t>(blob[at]) & 0xC0) != 0x80;
}

}  // namespace

bool IsUtf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

bool AreUtf8(std::string_view blob, absl::Span<const ByteRange> ranges) {
  // Usually the whole blob is valid, and then only edges can be wrong.
  const bool blob_valid = IsUtf8(blob);
  return std::all_of(ranges.begin(), ranges.end(), [&](ByteRange range) {
    if (range == StringColumn::kNullRange || range.size() == 0) return true;
    if (!blob_valid) return IsUtf8(range.In(blob));
    return IsBoundary(blob, range.begin) && IsBoundary(blob, range.end);
  });
}

}  // namespace phoenix
