#include "libs/event/string_column.h"

#include <charconv>
#include <utility>

namespace phoenix {
namespace {

constexpr size_t kMaxDecimalDigits = 20;  // Of a 64-bit number.

}  // namespace

StringColumn StringColumn::Constant(std::string value) {
  return Constant(SharedBytes::FromString(std::move(value)));
}

StringColumn StringColumn::Constant(SharedBytes value) {
  StringColumn column;
  column.kind_ = Kind::kConstant;
  column.blob_ = std::move(value);
  return column;
}

StringColumn StringColumn::Sequence(std::string prefix, uint64_t first) {
  StringColumn column;
  column.kind_ = Kind::kSequence;
  column.blob_ = SharedBytes::FromString(std::move(prefix));
  column.sequence_first_ = first;
  return column;
}

StringColumn StringColumn::Ranges(SharedBytes blob,
                                  std::vector<ByteRange> ranges) {
  StringColumn column;
  column.kind_ = Kind::kRanges;
  column.blob_ = std::move(blob);
  column.ranges_ =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  return column;
}

std::string_view StringColumn::Get(uint32_t row, std::string& scratch) const {
  switch (kind_) {
    case Kind::kNull:
      return {};
    case Kind::kConstant:
      return blob_.view();
    case Kind::kRanges: {
      const ByteRange range = (*ranges_)[row];
      if (range == kNullRange) return {};
      return range.In(blob_.view());
    }
    case Kind::kSequence:
      break;
  }
  char digits[kMaxDecimalDigits];
  const auto end =
      std::to_chars(digits, digits + sizeof(digits), sequence_first_ + row);
  scratch.assign(blob_.view());
  scratch.append(digits, end.ptr);
  return scratch;
}

std::string StringColumn::ToString(uint32_t row) const {
  std::string scratch;
  return std::string(Get(row, scratch));
}

const std::vector<ByteRange>& StringColumn::ranges() const {
  static constexpr std::vector<ByteRange> empty;
  return ranges_ == nullptr ? empty : *ranges_;
}

size_t StringColumn::memory_bytes() const {
  return blob_.size() + ranges().capacity() * sizeof(ByteRange);
}

}  // namespace phoenix
