#ifndef LIBS_CEL_PROTOBUF_WELL_KNOWN_H_
#define LIBS_CEL_PROTOBUF_WELL_KNOWN_H_

#include <cstdint>

#include "google/protobuf/descriptor.h"

namespace phoenix::cel {

// The messages that stand for plain CEL values.
enum class WellKnown : uint8_t {
  kNone,
  kAny,
  kTimestamp,
  kDuration,
  kStruct,
  kListValue,
  kValue,
  kWrapper,  // any of the nine, see the type of field 1
};

// What `message` is, by its full name.
WellKnown WellKnownOf(const google::protobuf::Descriptor& message);

// Whether the enum is google.protobuf.NullValue, whose constant is null.
bool IsNullEnum(const google::protobuf::FieldDescriptor& field);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PROTOBUF_WELL_KNOWN_H_
