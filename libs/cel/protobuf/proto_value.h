#ifndef LIBS_CEL_PROTOBUF_PROTO_VALUE_H_
#define LIBS_CEL_PROTOBUF_PROTO_VALUE_H_

#include <memory>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/cel/arena.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Where message types are looked up and messages are made: what
// google.protobuf.Any needs to be read. Both must outlive every value and
// every program made with them.
struct ProtoTypes {
  const google::protobuf::DescriptorPool* pool;
  google::protobuf::MessageFactory* factory;
};

// A message as CEL sees it: wrappers, timestamps, durations, Any, Struct, Value
// and ListValue become the plain values that they stand for, everything else
// a struct value. Fields are read by reflection when they are asked for.
// Borrows `message`, which must outlive the value and not change.
Value FromProto(const google::protobuf::Message& message,
                const ProtoTypes& types, Arena& arena);

// The same for a message that the arena takes over.
Value FromProto(std::unique_ptr<google::protobuf::Message> message,
                const ProtoTypes& types, Arena& arena);

// A field of `message`, its default when it is unset: null for a wrapper, a
// Value or an Any.
Value FieldValue(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field,
                 const ProtoTypes& types, Arena& arena);

// The field of that name, an extension by its full name; null when there is
// none.
const google::protobuf::FieldDescriptor* FindProtoField(
    const google::protobuf::Descriptor& message, std::string_view name,
    const ProtoTypes& types);

// The message behind a value of kind kStruct; null when it is not a protobuf
// message.
const google::protobuf::Message* ProtoOf(const Value& value);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PROTOBUF_PROTO_VALUE_H_
