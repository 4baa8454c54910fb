#include "libs/cel/protobuf/proto_value.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/text.h"
#include "libs/cel/comparison.h"
#include "libs/cel/containers.h"
#include "libs/cel/protobuf/well_known.h"

namespace phoenix::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

const FieldDescriptor& Field(const Message& message, int number) {
  return *message.GetDescriptor()->FindFieldByNumber(number);
}

// Text that reflection may have to put together is kept in the arena.
std::string_view TextOf(const std::string& text, const std::string& scratch,
                        Arena& arena) {
  return &text == &scratch ? arena.Copy(text) : std::string_view(text);
}

Value TextValue(const FieldDescriptor& field, std::string_view text) {
  return field.type() == FieldDescriptor::TYPE_BYTES ? Value::Bytes(text)
                                                     : Value::String(text);
}

Value EnumValue(const FieldDescriptor& field, int number) {
  return IsNullEnum(field) ? Value::Null() : Value::Int(number);
}

// A field that is not repeated and no message.
Value ScalarValue(const Message& message, const FieldDescriptor& field,
                  Arena& arena) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumValue(field, reflection.GetEnumValue(message, &field));
    default: {
      std::string scratch;
      const std::string& text =
          reflection.GetStringReference(message, &field, &scratch);
      return TextValue(field, TextOf(text, scratch, arena));
    }
  }
}

Value ElementValue(const Message& message, const FieldDescriptor& field,
                   int index, const ProtoTypes& types, Arena& arena) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Value::Int(reflection.GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return Value::Int(reflection.GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value::Uint(reflection.GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Value::Uint(reflection.GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Value::Double(
          reflection.GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Value::Double(reflection.GetRepeatedFloat(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value::Bool(reflection.GetRepeatedBool(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumValue(field,
                       reflection.GetRepeatedEnumValue(message, &field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromProto(reflection.GetRepeatedMessage(message, &field, index),
                       types, arena);
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = reflection.GetRepeatedStringReference(
          message, &field, index, &scratch);
      return TextValue(field, TextOf(text, scratch, arena));
    }
  }
  return Value::Null();
}

// A repeated field, read element by element.
class ProtoList : public ListValue {
 public:
  ProtoList(const Message& message, const FieldDescriptor& field,
            const ProtoTypes& types)
      : message_(message), field_(field), types_(types) {}

  size_t size() const override {
    return static_cast<size_t>(
        message_.GetReflection()->FieldSize(message_, &field_));
  }
  Value At(size_t index, Arena& arena) const override {
    return ElementValue(message_, field_, static_cast<int>(index), types_,
                        arena);
  }

 private:
  const Message& message_;
  const FieldDescriptor& field_;
  const ProtoTypes types_;
};

// A map field. Reflection shows it as a list of entries.
Value MapFieldValue(const Message& message, const FieldDescriptor& field,
                    const ProtoTypes& types, Arena& arena) {
  const Reflection& reflection = *message.GetReflection();
  auto* map = arena.New<HashedMap>();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    map->Insert(FieldValue(entry, Field(entry, 1), types, arena),
                FieldValue(entry, Field(entry, 2), types, arena));
  }
  return Value::Map(*map);
}

// Whether the field of a message type reads as null when it is unset.
bool IsNullWhenUnset(const FieldDescriptor& field) {
  switch (WellKnownOf(*field.message_type())) {
    case WellKnown::kWrapper:
    case WellKnown::kValue:
    case WellKnown::kAny:
      return true;
    default:
      return false;
  }
}

class ProtoStruct : public StructValue {
 public:
  ProtoStruct(const Message& message, const ProtoTypes& types)
      : message_(message), types_(types) {}

  const Message& message() const { return message_; }

  std::string_view type_name() const override {
    return message_.GetDescriptor()->full_name();
  }

  Value Get(std::string_view name, Arena& arena) const override {
    const FieldDescriptor* field = Find(name);
    if (field == nullptr) return NoSuchField(name, arena);
    return FieldValue(message_, *field, types_, arena);
  }

  Value Has(std::string_view name, Arena& arena) const override {
    const FieldDescriptor* field = Find(name);
    if (field == nullptr) return NoSuchField(name, arena);
    const Reflection& reflection = *message_.GetReflection();
    if (field->is_repeated()) {
      return Value::Bool(reflection.FieldSize(message_, field) > 0);
    }
    return Value::Bool(reflection.HasField(message_, field));
  }

  bool Equals(const StructValue& other) const override;

 private:
  const FieldDescriptor* Find(std::string_view name) const {
    return FindProtoField(*message_.GetDescriptor(), name, types_);
  }

  Value NoSuchField(std::string_view name, Arena& arena) const {
    return Value::Error(
        arena, ErrorCode::kNoSuchField,
        Cat("message '", type_name(), "' has no field '", name, "'"));
  }

  const Message& message_;
  const ProtoTypes types_;
};

// Two Any fields hold the same when their contents are equal as messages, or
// byte for byte where they can't be read.
bool EqualAny(const Message& a, const Message& b, const ProtoTypes& types) {
  Arena arena;
  const auto is_same = [&](int number) {
    return ScalarValue(a, Field(a, number), arena).string_value() ==
           ScalarValue(b, Field(b, number), arena).string_value();
  };
  if (is_same(1) && is_same(2)) return true;
  const Value left = FromProto(a, types, arena);
  const Value right = FromProto(b, types, arena);
  if (left.kind() == ValueKind::kNull || right.kind() == ValueKind::kNull) {
    return false;
  }
  const Value equal = EqualValues(left, right, arena);
  return equal.is_bool() && equal.bool_value();
}

bool IsAnyField(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         WellKnownOf(*field.message_type()) == WellKnown::kAny;
}

bool EqualAnyFields(const Message& a, const Message& b,
                    const FieldDescriptor& field, const ProtoTypes& types) {
  const Reflection& left = *a.GetReflection();
  const Reflection& right = *b.GetReflection();
  if (!field.is_repeated()) {
    return EqualAny(left.GetMessage(a, &field), right.GetMessage(b, &field),
                    types);
  }
  if (left.FieldSize(a, &field) != right.FieldSize(b, &field)) return false;
  for (int i = 0; i < left.FieldSize(a, &field); ++i) {
    if (!EqualAny(left.GetRepeatedMessage(a, &field, i),
                  right.GetRepeatedMessage(b, &field, i), types)) {
      return false;
    }
  }
  return true;
}

bool EqualFields(const Message& a, const Message& b,
                 const FieldDescriptor& field, const ProtoTypes& types) {
  if (IsAnyField(field)) return EqualAnyFields(a, b, field, types);
  Arena arena;
  const Value equal = EqualValues(FieldValue(a, field, types, arena),
                                  FieldValue(b, field, types, arena), arena);
  return equal.is_bool() && equal.bool_value();
}

bool ProtoStruct::Equals(const StructValue& other) const {
  const auto* proto = dynamic_cast<const ProtoStruct*>(&other);
  if (proto == nullptr) return false;
  std::vector<const FieldDescriptor*> fields;
  std::vector<const FieldDescriptor*> other_fields;
  message_.GetReflection()->ListFields(message_, &fields);
  proto->message_.GetReflection()->ListFields(proto->message_, &other_fields);
  if (fields != other_fields) return false;
  for (const FieldDescriptor* field : fields) {
    if (!EqualFields(message_, proto->message_, *field, types_)) return false;
  }
  return true;
}

int64_t IntField(const Message& message, int number) {
  Arena arena;
  return ScalarValue(message, Field(message, number), arena).int_value();
}

absl::Duration SecondsAndNanos(const Message& message) {
  return absl::Seconds(IntField(message, 1)) +
         absl::Nanoseconds(IntField(message, 2));
}

Value UnpackAny(const Message& any, const ProtoTypes& types, Arena& arena) {
  std::string_view url = ScalarValue(any, Field(any, 1), arena).string_value();
  const std::string_view bytes =
      ScalarValue(any, Field(any, 2), arena).string_value();
  if (url.empty()) return Value::Null();
  const std::string name(url.substr(url.rfind('/') + 1));
  const Descriptor* type = types.pool->FindMessageTypeByName(name);
  if (type == nullptr) {
    return Value::Error(arena, ErrorCode::kInvalidData,
                        Cat("unknown message type '", name, "' in Any"));
  }
  std::unique_ptr<Message> message(types.factory->GetPrototype(type)->New());
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Value::Error(arena, ErrorCode::kInvalidData,
                        Cat("Any holds no valid '", name, "'"));
  }
  return FromProto(std::move(message), types, arena);
}

// google.protobuf.Value: the member of its oneof that is set.
Value JsonValue(const Message& message, const ProtoTypes& types, Arena& arena) {
  const FieldDescriptor* field =
      message.GetReflection()->GetOneofFieldDescriptor(
          message, message.GetDescriptor()->oneof_decl(0));
  return field == nullptr ? Value::Null()
                          : FieldValue(message, *field, types, arena);
}

}  // namespace

Value FromProto(const Message& message, const ProtoTypes& types, Arena& arena) {
  switch (WellKnownOf(*message.GetDescriptor())) {
    case WellKnown::kAny:
      return UnpackAny(message, types, arena);
    case WellKnown::kTimestamp:
      return Value::Timestamp(absl::UnixEpoch() + SecondsAndNanos(message));
    case WellKnown::kDuration:
      return Value::Duration(SecondsAndNanos(message));
    case WellKnown::kStruct:
    case WellKnown::kListValue:
    case WellKnown::kWrapper:
      return FieldValue(message, Field(message, 1), types, arena);
    case WellKnown::kValue:
      return JsonValue(message, types, arena);
    case WellKnown::kNone:
      break;
  }
  return Value::Struct(*arena.New<ProtoStruct>(message, types));
}

Value FromProto(std::unique_ptr<Message> message, const ProtoTypes& types,
                Arena& arena) {
  const Message& borrowed = *message;
  arena.New<std::unique_ptr<Message>>(std::move(message));
  return FromProto(borrowed, types, arena);
}

Value FieldValue(const Message& message, const FieldDescriptor& field,
                 const ProtoTypes& types, Arena& arena) {
  if (field.is_map()) return MapFieldValue(message, field, types, arena);
  if (field.is_repeated()) {
    return Value::List(*arena.New<ProtoList>(message, field, types));
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return ScalarValue(message, field, arena);
  }
  const Reflection& reflection = *message.GetReflection();
  if (IsNullWhenUnset(field) && !reflection.HasField(message, &field)) {
    return Value::Null();
  }
  return FromProto(reflection.GetMessage(message, &field, types.factory), types,
                   arena);
}

const FieldDescriptor* FindProtoField(const Descriptor& message,
                                      std::string_view name,
                                      const ProtoTypes& types) {
  const std::string key(name);
  if (const FieldDescriptor* field = message.FindFieldByName(key)) {
    return field;
  }
  const FieldDescriptor* extension = types.pool->FindExtensionByName(key);
  return extension != nullptr && extension->containing_type() == &message
             ? extension
             : nullptr;
}

const Message* ProtoOf(const Value& value) {
  const auto* proto = dynamic_cast<const ProtoStruct*>(&value.struct_value());
  return proto == nullptr ? nullptr : &proto->message();
}

}  // namespace phoenix::cel
