#ifndef LIBS_EVENT_WIRE_FORMAT_H_
#define LIBS_EVENT_WIRE_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/byte_range.h"

// Protobuf's wire format by hand, as far as a batch needs it: what the
// generated classes can't do is read a message where it lies.
namespace phoenix::wire {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "ranges are copied to and from the wire as they lie in memory");

// How a field's value is written; numbers as in its tag.
enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kLengthDelimited = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

// One field of a message. Of `number` and `bytes` the one that the type has is
// set; `bytes` are a part of the message.
struct Field {
  uint32_t id = 0;
  WireType type = WireType::kVarint;
  uint64_t number = 0;
  std::string_view bytes;

  // Whether it is the field `id` with the type that the schema says. A known
  // field with another type is an unknown field, as protobuf demands.
  bool Is(uint32_t wanted_id, WireType wanted_type) const {
    return id == wanted_id && type == wanted_type;
  }
};

// Reads the fields of one message in order, sub-messages as bytes. Groups are
// skipped. The message must outlive the reader. Thread-compatible.
class FieldReader {
 public:
  // How deep groups nest at most. Nobody sends groups; protobuf's own limit for
  // all nesting is 100, and what is taken here is to be taken there as well.
  static constexpr size_t kMaxGroupDepth = 64;

  explicit FieldReader(std::string_view message)
      : begin_(message.data()),
        at_(message.data()),
        end_(message.data() + message.size()) {}

  // Reads the next field into `field`: false at the end of the message.
  // INVALID_ARGUMENT when the bytes are no message; says at which offset.
  absl::StatusOr<bool> Next(Field& field);

 private:
  bool ReadVarint(int max_bytes, uint64_t& value);
  bool ReadBytes(size_t size, std::string_view& bytes);
  bool ReadTag(Field& field);
  bool ReadValue(Field& field);
  bool SkipGroup(uint32_t id);
  absl::Status Malformed() const;

  const char* begin_;
  const char* at_;
  const char* end_;
};

// The bytes that a varint takes.
inline size_t VarintSize(uint64_t value) {
  return (64 - __builtin_clzll(value | 1) + 6) / 7;
}

// The bytes that a length-delimited field with a one-byte tag takes.
inline size_t BytesFieldSize(size_t size) {
  return 1 + VarintSize(size) + size;
}

// Writes fields one after the other to memory that the caller has measured:
// nothing is checked. Field ids are below 16.
class FieldWriter {
 public:
  explicit FieldWriter(char* at) : at_(at) {}

  // A number; a negative one sign-extended to 64 bits, as protobuf wants it.
  void Varint(uint32_t id, uint64_t value) {
    Tag(id, WireType::kVarint);
    RawVarint(value);
  }

  // The tag and the length of a field whose content is written next.
  void BytesHeader(uint32_t id, size_t size) {
    Tag(id, WireType::kLengthDelimited);
    RawVarint(size);
  }

  // A whole field: a string, bytes or a message.
  void Bytes(uint32_t id, std::string_view bytes) {
    BytesHeader(id, bytes.size());
    Raw(bytes.data(), bytes.size());
  }

  // Bytes as they are: the content of a field that BytesHeader has begun.
  void Raw(const void* bytes, size_t size) {
    if (size > 0) std::memcpy(at_, bytes, size);
    at_ += size;
  }

  // Where the next field would begin.
  const char* at() const { return at_; }

 private:
  void Tag(uint32_t id, WireType type) {
    *at_++ = static_cast<char>(id << 3 | static_cast<uint32_t>(type));
  }
  void RawVarint(uint64_t value);

  char* at_;
};

}  // namespace phoenix::wire

#endif  // LIBS_EVENT_WIRE_FORMAT_H_
