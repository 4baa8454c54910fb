#include "libs/event/identity_field.h"

#include <cstdint>

namespace phoenix {
namespace {

// Protobuf's wire format.
constexpr uint8_t kVarint = 0;
constexpr uint8_t kLengthDelimited = 2;

void AppendVarint(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

void AppendTag(std::string& to, uint8_t id, uint8_t type) {
  to += static_cast<char>(id << 3 | type);
}

}  // namespace

// By hand: the generated classes leave out what is 0, and then the number of an
// earlier identity would stay.
std::string EncodeIdentityField(const BatchIdentity& identity) {
  std::string fields;
  AppendTag(fields, 1, kLengthDelimited);
  AppendVarint(fields, identity.log.size());
  fields += identity.log;
  AppendTag(fields, 2, kVarint);
  AppendVarint(fields, static_cast<uint64_t>(int64_t{identity.partition}));
  AppendTag(fields, 3, kVarint);
  AppendVarint(fields, static_cast<uint64_t>(identity.first_offset));
  AppendTag(fields, 4, kVarint);
  AppendVarint(fields, static_cast<uint64_t>(identity.tenure));
  std::string field;
  AppendTag(field, 11, kLengthDelimited);
  AppendVarint(field, fields.size());
  return field + fields;
}

}  // namespace phoenix
