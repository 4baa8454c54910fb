#include "libs/sinks/postgres/offset_pages.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/escaping.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

size_t ByteOf(int64_t offset) {
  return static_cast<size_t>(offset % OffsetPages::kPageOffsets) / 8;
}

uint8_t BitOf(int64_t offset) {
  return static_cast<uint8_t>(1u << (offset % 8));
}

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isxdigit(c); });
}

}  // namespace

bool OffsetPages::Contains(int64_t offset) const {
  const auto page = pages_.find(PageOf(offset));
  return page != pages_.end() &&
         (page->second[ByteOf(offset)] & BitOf(offset)) != 0;
}

int64_t OffsetPages::end() const {
  for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
    const int64_t first = page->first * kPageOffsets;
    for (int64_t i = kPageOffsets; i > 0; --i) {
      if (Contains(first + i - 1)) return first + i;
    }
  }
  return 0;
}

void OffsetPages::Add(int64_t offset) {
  pages_[PageOf(offset)][ByteOf(offset)] |= BitOf(offset);
}

void OffsetPages::Remove(int64_t offset) {
  uint8_t& byte = pages_[PageOf(offset)][ByteOf(offset)];
  byte = static_cast<uint8_t>(byte & ~BitOf(offset));
}

std::string OffsetPages::Encode(const Bits& bits) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(bits.data()), bits.size()});
}

bool OffsetPages::Load(int64_t page, std::string_view hex) {
  if (hex.size() != 2 * kPageBytes || !IsHex(hex)) return false;
  const std::string bytes = absl::HexStringToBytes(ToAbsl(hex));
  std::copy(bytes.begin(), bytes.end(), pages_[page].begin());
  return true;
}

}  // namespace phoenix
