#ifndef LIBS_CEL_PROTOBUF_PROTO_WRITER_H_
#define LIBS_CEL_PROTOBUF_PROTO_WRITER_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/cel/arena.h"
#include "libs/cel/protobuf/proto_value.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Sets a field of `message` to `value`: numbers are checked against the
// field's range, lists and maps fill repeated fields, plain values fill
// wrappers, timestamps, durations, Any and JSON messages. Null leaves a field
// of a message type unset. INVALID_ARGUMENT when the value does not fit,
// OUT_OF_RANGE when a number does not. `arena` is for values that must be
// made to be read.
absl::Status SetProtoField(google::protobuf::Message& message,
                           const google::protobuf::FieldDescriptor& field,
                           const Value& value, const ProtoTypes& types,
                           Arena& arena);

// Fills a whole message, a well-known one from the plain value that it stands
// for. The same errors.
absl::Status SetProto(google::protobuf::Message& message, const Value& value,
                      const ProtoTypes& types, Arena& arena);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PROTOBUF_PROTO_WRITER_H_
