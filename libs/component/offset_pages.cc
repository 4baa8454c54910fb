#include "libs/component/offset_pages.h"

#include <algorithm>

#include "libs/base/text.h"

namespace phoenix {
namespace {

size_t ByteOf(int64_t offset) {
  return static_cast<size_t>(offset % OffsetPages::kPageOffsets) / 8;
}

uint8_t BitOf(int64_t offset) {
  return static_cast<uint8_t>(1u << (offset % 8));
}

}  // namespace

OffsetPages::Bits& OffsetPages::Make(int64_t page) {
  if (page == last_ && last_bits_ != nullptr) return *last_bits_;
  last_ = page;
  last_bits_ = &pages_[page];
  return *last_bits_;
}

const OffsetPages::Bits* OffsetPages::Find(int64_t page) {
  if (page == last_) return last_bits_;
  const auto found = pages_.find(page);
  last_ = page;
  last_bits_ = found == pages_.end() ? nullptr : &found->second;
  return last_bits_;
}

bool OffsetPages::Contains(int64_t offset) {
  const Bits* const page = Find(PageOf(offset));
  return page != nullptr && ((*page)[ByteOf(offset)] & BitOf(offset)) != 0;
}

int64_t OffsetPages::end() const {
  for (auto page = pages_.rbegin(); page != pages_.rend(); ++page) {
    const Bits& bits = page->second;
    for (int64_t i = kPageOffsets - 1; i >= 0; --i) {
      if ((bits[ByteOf(i)] & BitOf(i)) == 0) continue;
      return page->first * kPageOffsets + i + 1;
    }
  }
  return 0;
}

void OffsetPages::Add(int64_t offset) {
  Make(PageOf(offset))[ByteOf(offset)] |= BitOf(offset);
}

void OffsetPages::Remove(int64_t offset) {
  uint8_t& byte = Make(PageOf(offset))[ByteOf(offset)];
  byte = static_cast<uint8_t>(byte & ~BitOf(offset));
}

bool OffsetPages::Load(int64_t page, std::string_view bytes) {
  if (page < 0 || bytes.size() > kPageBytes) return false;
  Bits& bits = Make(page);
  std::fill(std::copy(bytes.begin(), bytes.end(), bits.begin()), bits.end(),
            uint8_t{0});
  return true;
}

void OffsetPages::Merge(int64_t page, const Bits& bits) {
  Bits& own = Make(page);
  for (size_t i = 0; i < kPageBytes; ++i) own[i] |= bits[i];
}

void OffsetPages::Merge(const OffsetPages& other) {
  for (const auto& [page, bits] : other.pages_) Merge(page, bits);
}

void OffsetPages::ForgetLast() {
  last_ = -1;
  last_bits_ = nullptr;
}

void OffsetPages::Clear() {
  pages_.clear();
  ForgetLast();
}

void OffsetPages::Drop(int64_t page) {
  pages_.erase(page);
  ForgetLast();
}

void OffsetPages::DropBelow(int64_t page) {
  pages_.erase(pages_.begin(), pages_.lower_bound(page));
  ForgetLast();
}

std::string_view TrimmedPage(const OffsetPages::Bits& bits) {
  size_t size = bits.size();
  while (size > 0 && bits[size - 1] == 0) --size;
  return {reinterpret_cast<const char*>(bits.data()), size};
}

absl::Status ForgottenOffsetError(const BatchIdentity& identity) {
  return absl::FailedPreconditionError(
      Cat("event comes so late again that the sink has forgotten whether it "
          "is written (partition ",
          identity.partition, " of log '", identity.log, "')"));
}

}  // namespace phoenix
