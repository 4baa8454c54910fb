#include "libs/event/wire_format.h"

#include "libs/event/status_text.h"

namespace phoenix::wire {
namespace {

// What protobuf reads at most, of numbers, and of tags and sizes.
constexpr int kMaxNumberBytes = 10;
constexpr int kMaxTagBytes = 5;
constexpr int kMaxSizeBytes = 5;
constexpr uint64_t kMaxTag = 0xFFFFFFFF;

}  // namespace

bool FieldReader::ReadVarint(int max_bytes, uint64_t& value) {
  value = 0;
  for (int i = 0; i < max_bytes && at_ != end_; ++i) {
    const uint8_t byte = static_cast<uint8_t>(*at_++);
    value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) return true;
  }
  return false;
}

bool FieldReader::ReadBytes(size_t size, std::string_view& bytes) {
  if (size > static_cast<size_t>(end_ - at_)) return false;
  bytes = std::string_view(at_, size);
  at_ += size;
  return true;
}

bool FieldReader::ReadTag(Field& field) {
  uint64_t tag;
  if (!ReadVarint(kMaxTagBytes, tag) || tag > kMaxTag) return false;
  field.id = static_cast<uint32_t>(tag >> 3);
  field.type = static_cast<WireType>(tag & 7);
  return field.id != 0;
}

bool FieldReader::ReadValue(Field& field) {
  switch (field.type) {
    case WireType::kVarint:
      return ReadVarint(kMaxNumberBytes, field.number);
    case WireType::kFixed64:
      return ReadBytes(sizeof(uint64_t), field.bytes);
    case WireType::kFixed32:
      return ReadBytes(sizeof(uint32_t), field.bytes);
    case WireType::kLengthDelimited: {
      uint64_t size;
      return ReadVarint(kMaxSizeBytes, size) && ReadBytes(size, field.bytes);
    }
    case WireType::kStartGroup:
      return SkipGroup(field.id);
    default:
      return false;
  }
}

bool FieldReader::SkipGroup(uint32_t id) {
  std::vector<uint32_t> open = {id};
  Field inner;
  while (!open.empty()) {
    if (!ReadTag(inner)) return false;
    if (inner.type == WireType::kEndGroup) {
      if (inner.id != open.back()) return false;
      open.pop_back();
    } else if (inner.type == WireType::kStartGroup) {
      if (open.size() == kMaxGroupDepth) return false;
      open.push_back(inner.id);
    } else if (!ReadValue(inner)) {
      return false;
    }
  }
  return true;
}

absl::StatusOr<bool> FieldReader::Next(Field& field) {
  if (at_ == end_) return false;
  if (!ReadTag(field) || !ReadValue(field)) return Malformed();
  return true;
}

absl::Status FieldReader::Malformed() const {
  return InvalidArgument(
      "no protobuf message: the field that ends before offset '", at_ - begin_,
      "' is cut off or malformed");
}

void FieldWriter::RawVarint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) {
    *at_++ = static_cast<char>(value | 0x80);
  }
  *at_++ = static_cast<char>(value);
}

}  // namespace phoenix::wire
