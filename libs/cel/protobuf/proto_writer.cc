#include "libs/cel/protobuf/proto_writer.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/escaping.h"
#include "libs/base/text.h"
#include "libs/cel/protobuf/well_known.h"
#include "libs/cel/standard_functions.h"

namespace phoenix::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Integers beyond this are no doubles, so JSON has them as strings.
constexpr int64_t kMaxJsonInteger = (int64_t{1} << 53) - 1;

const FieldDescriptor& Field(const Message& message, int number) {
  return *message.GetDescriptor()->FindFieldByNumber(number);
}

absl::Status Mismatch(std::string_view expected, const Value& value) {
  return absl::InvalidArgumentError(
      Cat("expected '", expected, "', found '", TypeNameOf(value), "'"));
}

absl::Status OutOfRange(const Value& value, const FieldDescriptor& field) {
  return absl::OutOfRangeError(Cat(DebugString(value, 40),
                                   " does not fit field '", field.name(),
                                   "' of type '", field.type_name(), "'"));
}

// The kind that a value must have for a field.
ValueKind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return ValueKind::kInt;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return ValueKind::kUint;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ValueKind::kDouble;
    case FieldDescriptor::CPPTYPE_BOOL:
      return ValueKind::kBool;
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? ValueKind::kBytes
                                                         : ValueKind::kString;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValueKind::kStruct;
  }
  return ValueKind::kError;
}

// Null is left out of a list or map of these, as it is of a field.
bool IsPrunedNull(const FieldDescriptor& field, const Value& value) {
  if (value.kind() != ValueKind::kNull ||
      field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return false;
  }
  const WellKnown type = WellKnownOf(*field.message_type());
  return type == WellKnown::kTimestamp || type == WellKnown::kDuration ||
         type == WellKnown::kWrapper;
}

// "foo_bar" as "fooBar".
std::string LowerCamel(std::string_view name) {
  std::string camel;
  bool raise = false;
  for (char c : name) {
    if (c == '_') {
      raise = true;
      continue;
    }
    camel.push_back(
        raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    raise = false;
  }
  return camel;
}

bool FitsInt32(int64_t value) {
  return value >= std::numeric_limits<int32_t>::min() &&
         value <= std::numeric_limits<int32_t>::max();
}

// Sets a scalar, or appends it to a repeated field.
class ScalarSetter {
 public:
  ScalarSetter(Message& message, const FieldDescriptor& field)
      : message_(message),
        field_(field),
        reflection_(*message.GetReflection()) {}

  absl::Status Set(const Value& value) {
    if (IsNullEnum(field_)) return SetNullEnum(value);
    if (value.kind() != KindOf(field_)) {
      return Mismatch(field_.type_name(), value);
    }
    switch (value.kind()) {
      case ValueKind::kInt:
        return SetInt(value);
      case ValueKind::kUint:
        return SetUint(value);
      case ValueKind::kDouble:
        SetDouble(value.double_value());
        return absl::OkStatus();
      case ValueKind::kBool:
        Put(&Reflection::SetBool, &Reflection::AddBool, value.bool_value());
        return absl::OkStatus();
      default:
        SetText(std::string(value.string_value()));
        return absl::OkStatus();
    }
  }

 private:
  template <typename Setter, typename Adder, typename T>
  void Put(Setter set, Adder add, T value) {
    if (field_.is_repeated()) {
      (reflection_.*add)(&message_, &field_, value);
    } else {
      (reflection_.*set)(&message_, &field_, value);
    }
  }

  absl::Status SetNullEnum(const Value& value) {
    if (value.kind() != ValueKind::kNull && value.kind() != ValueKind::kInt) {
      return Mismatch("null", value);
    }
    Put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, 0);
    return absl::OkStatus();
  }

  absl::Status SetInt(const Value& value) {
    const int64_t number = value.int_value();
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      Put(&Reflection::SetInt64, &Reflection::AddInt64, number);
      return absl::OkStatus();
    }
    if (!FitsInt32(number)) return OutOfRange(value, field_);
    const auto small = static_cast<int32_t>(number);
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      Put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, small);
    } else {
      Put(&Reflection::SetInt32, &Reflection::AddInt32, small);
    }
    return absl::OkStatus();
  }

  absl::Status SetUint(const Value& value) {
    const uint64_t number = value.uint_value();
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
      Put(&Reflection::SetUInt64, &Reflection::AddUInt64, number);
      return absl::OkStatus();
    }
    if (number > std::numeric_limits<uint32_t>::max()) {
      return OutOfRange(value, field_);
    }
    Put(&Reflection::SetUInt32, &Reflection::AddUInt32,
        static_cast<uint32_t>(number));
    return absl::OkStatus();
  }

  void SetDouble(double number) {
    if (field_.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      Put(&Reflection::SetDouble, &Reflection::AddDouble, number);
    } else {
      Put(&Reflection::SetFloat, &Reflection::AddFloat,
          static_cast<float>(number));
    }
  }

  void SetText(std::string text) {
    if (field_.is_repeated()) {
      reflection_.AddString(&message_, &field_, std::move(text));
    } else {
      reflection_.SetString(&message_, &field_, std::move(text));
    }
  }

  Message& message_;
  const FieldDescriptor& field_;
  const Reflection& reflection_;
};

absl::Status SetScalar(Message& message, int number, const Value& value) {
  return ScalarSetter(message, Field(message, number)).Set(value);
}

// Fills messages from values; remembers what every step needs.
class ProtoWriter {
 public:
  ProtoWriter(const ProtoTypes& types, Arena& arena)
      : types_(types), arena_(arena) {}

  absl::Status SetField(Message& message, const FieldDescriptor& field,
                        const Value& value);
  absl::Status SetMessage(Message& message, const Value& value);

 private:
  absl::Status SetRepeated(Message& message, const FieldDescriptor& field,
                           const Value& value);
  absl::Status SetMap(Message& message, const FieldDescriptor& field,
                      const Value& value);
  absl::Status SetTime(Message& message, const Value& value, ValueKind kind);
  absl::Status SetWrapper(Message& message, const Value& value);
  absl::Status SetAny(Message& any, const Value& value);
  absl::Status SetJson(Message& message, const Value& value);
  absl::Status SetJsonText(Message& message, const Value& value);
  absl::Status SetJsonMap(Message& message, const Value& value);
  absl::Status SetJsonMessage(Message& message, const Value& value);
  absl::Status Pack(Message& any, std::string_view type, const Value& value);
  // string(value) as CEL computes it.
  Value ToText(const Value& value);

  const ProtoTypes& types_;
  Arena& arena_;
};

absl::Status ProtoWriter::SetField(Message& message,
                                   const FieldDescriptor& field,
                                   const Value& value) {
  if (field.is_map()) return SetMap(message, field, value);
  if (field.is_repeated()) return SetRepeated(message, field, value);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return ScalarSetter(message, field).Set(value);
  }
  if (value.kind() == ValueKind::kNull) {
    const WellKnown type = WellKnownOf(*field.message_type());
    // Null is a value for these, and no absence.
    if (type == WellKnown::kStruct || type == WellKnown::kListValue) {
      return Mismatch(field.message_type()->full_name(), value);
    }
    if (type != WellKnown::kValue && type != WellKnown::kAny) {
      return absl::OkStatus();
    }
  }
  return SetMessage(*message.GetReflection()->MutableMessage(&message, &field,
                                                             types_.factory),
                    value);
}

absl::Status ProtoWriter::SetRepeated(Message& message,
                                      const FieldDescriptor& field,
                                      const Value& value) {
  if (value.kind() != ValueKind::kList) return Mismatch("list", value);
  const ListValue& list = value.list_value();
  for (size_t i = 0; i < list.size(); ++i) {
    const Value element = list.At(i, arena_);
    if (IsPrunedNull(field, element)) continue;
    absl::Status status =
        field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
            ? SetMessage(*message.GetReflection()->AddMessage(&message, &field,
                                                              types_.factory),
                         element)
            : ScalarSetter(message, field).Set(element);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ProtoWriter::SetMap(Message& message, const FieldDescriptor& field,
                                 const Value& value) {
  if (value.kind() != ValueKind::kMap) return Mismatch("map", value);
  const ListValue& keys = value.map_value().Keys(arena_);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Value key = keys.At(i, arena_);
    std::optional<Value> mapped = value.map_value().Find(key, arena_);
    if (!mapped.has_value() ||
        IsPrunedNull(*field.message_type()->map_value(), *mapped)) {
      continue;
    }
    Message* entry =
        message.GetReflection()->AddMessage(&message, &field, types_.factory);
    absl::Status status = SetField(*entry, Field(*entry, 1), key);
    if (status.ok()) {
      const FieldDescriptor& target = Field(*entry, 2);
      // A map's value can't be left out.
      status = target.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
                   ? SetMessage(*entry->GetReflection()->MutableMessage(
                                    entry, &target, types_.factory),
                                *mapped)
                   : SetField(*entry, target, *mapped);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ProtoWriter::SetMessage(Message& message, const Value& value) {
  const Descriptor& type = *message.GetDescriptor();
  switch (WellKnownOf(type)) {
    case WellKnown::kAny:
      return SetAny(message, value);
    case WellKnown::kTimestamp:
      return SetTime(message, value, ValueKind::kTimestamp);
    case WellKnown::kDuration:
      return SetTime(message, value, ValueKind::kDuration);
    case WellKnown::kStruct:
      return SetJsonMap(message, value);
    case WellKnown::kListValue:
      return SetRepeated(message, Field(message, 1), value);
    case WellKnown::kValue:
      return SetJson(message, value);
    case WellKnown::kWrapper:
      return SetWrapper(message, value);
    case WellKnown::kNone:
      break;
  }
  const Message* source =
      value.kind() == ValueKind::kStruct ? ProtoOf(value) : nullptr;
  if (source == nullptr || source->GetDescriptor() != &type) {
    return Mismatch(type.full_name(), value);
  }
  message.CopyFrom(*source);
  return absl::OkStatus();
}

absl::Status ProtoWriter::SetTime(Message& message, const Value& value,
                                  ValueKind kind) {
  if (value.kind() != kind) {
    return Mismatch(message.GetDescriptor()->full_name(), value);
  }
  const absl::Duration duration = value.duration_value();
  absl::Duration rest;
  int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &rest);
  // A timestamp counts nanoseconds forward, a duration with its sign.
  if (kind == ValueKind::kTimestamp && rest < absl::ZeroDuration()) {
    --seconds;
    rest += absl::Seconds(1);
  }
  absl::Status status = SetScalar(message, 1, Value::Int(seconds));
  if (!status.ok()) return status;
  return SetScalar(message, 2, Value::Int(absl::ToInt64Nanoseconds(rest)));
}

absl::Status ProtoWriter::SetWrapper(Message& message, const Value& value) {
  if (value.kind() == ValueKind::kNull) {
    return Mismatch(message.GetDescriptor()->full_name(), value);
  }
  return SetScalar(message, 1, value);
}

absl::Status ProtoWriter::Pack(Message& any, std::string_view type,
                               const Value& value) {
  const std::string name(type);
  const Descriptor* descriptor = types_.pool->FindMessageTypeByName(name);
  if (descriptor == nullptr) return Mismatch("a known message type", value);
  std::unique_ptr<Message> message(
      types_.factory->GetPrototype(descriptor)->New());
  absl::Status status = SetMessage(*message, value);
  if (!status.ok()) return status;
  const std::string url = Cat("type.googleapis.com/", name);
  const std::string bytes = message->SerializePartialAsString();
  status = SetScalar(any, 1, Value::String(url));
  return status.ok() ? SetScalar(any, 2, Value::Bytes(bytes)) : status;
}

absl::Status ProtoWriter::SetAny(Message& any, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kBool:
      return Pack(any, "google.protobuf.BoolValue", value);
    case ValueKind::kInt:
      return Pack(any, "google.protobuf.Int64Value", value);
    case ValueKind::kUint:
      return Pack(any, "google.protobuf.UInt64Value", value);
    case ValueKind::kDouble:
      return Pack(any, "google.protobuf.DoubleValue", value);
    case ValueKind::kString:
      return Pack(any, "google.protobuf.StringValue", value);
    case ValueKind::kBytes:
      return Pack(any, "google.protobuf.BytesValue", value);
    case ValueKind::kNull:
      return Pack(any, "google.protobuf.Value", value);
    case ValueKind::kList:
      return Pack(any, "google.protobuf.ListValue", value);
    case ValueKind::kMap:
      return Pack(any, "google.protobuf.Struct", value);
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
    case ValueKind::kStruct:
      return Pack(any, TypeNameOf(value), value);
    default:
      return Mismatch("google.protobuf.Any", value);
  }
}

Value ProtoWriter::ToText(const Value& value) {
  CallContext context(arena_, SIZE_MAX);
  for (const Overload& overload :
       StandardFunctions().Find("string")->overloads) {
    if (Accepts(overload.parameters[0], value)) {
      return overload.impl(context, {&value, 1});
    }
  }
  return Value::String("");
}

absl::Status ProtoWriter::SetJsonText(Message& message, const Value& value) {
  return SetScalar(message, 3, value);
}

absl::Status ProtoWriter::SetJsonMap(Message& message, const Value& value) {
  if (value.kind() != ValueKind::kMap) {
    return Mismatch("google.protobuf.Struct", value);
  }
  return SetMap(message, Field(message, 1), value);
}

// The messages that have a JSON form of their own and are no plain values.
absl::Status ProtoWriter::SetJsonMessage(Message& message, const Value& value) {
  const std::string_view type = value.struct_value().type_name();
  if (type == "google.protobuf.Empty") {
    message.GetReflection()->MutableMessage(&message, &Field(message, 5),
                                            types_.factory);
    return absl::OkStatus();
  }
  if (type != "google.protobuf.FieldMask") {
    return Mismatch("google.protobuf.Value", value);
  }
  const Value paths = value.struct_value().Get("paths", arena_);
  std::string text;
  for (size_t i = 0; i < paths.list_value().size(); ++i) {
    const Value path = paths.list_value().At(i, arena_);
    CatTo(text, i == 0 ? "" : ",", LowerCamel(path.string_value()));
  }
  return SetJsonText(message, Value::String(text));
}

// google.protobuf.Value: 1 null, 2 number, 3 string, 4 bool, 5 struct, 6 list.
absl::Status ProtoWriter::SetJson(Message& message, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return SetScalar(message, 1, value);
    case ValueKind::kBool:
      return SetScalar(message, 4, value);
    case ValueKind::kInt:
      if (value.int_value() > kMaxJsonInteger ||
          value.int_value() < -kMaxJsonInteger) {
        return SetJsonText(message, ToText(value));
      }
      return SetScalar(message, 2,
                       Value::Double(static_cast<double>(value.int_value())));
    case ValueKind::kUint:
      if (value.uint_value() > static_cast<uint64_t>(kMaxJsonInteger)) {
        return SetJsonText(message, ToText(value));
      }
      return SetScalar(message, 2,
                       Value::Double(static_cast<double>(value.uint_value())));
    case ValueKind::kDouble:
      return SetScalar(message, 2, value);
    case ValueKind::kString:
      return SetJsonText(message, value);
    case ValueKind::kBytes: {
      const std::string_view bytes = value.string_value();
      const std::string text =
          absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
      return SetJsonText(message, Value::String(text));
    }
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return SetJsonText(message, ToText(value));
    case ValueKind::kMap:
      return SetField(message, Field(message, 5), value);
    case ValueKind::kList:
      return SetField(message, Field(message, 6), value);
    case ValueKind::kStruct:
      return SetJsonMessage(message, value);
    default:
      return Mismatch("google.protobuf.Value", value);
  }
}

}  // namespace

absl::Status SetProtoField(Message& message, const FieldDescriptor& field,
                           const Value& value, const ProtoTypes& types,
                           Arena& arena) {
  return ProtoWriter(types, arena).SetField(message, field, value);
}

absl::Status SetProto(Message& message, const Value& value,
                      const ProtoTypes& types, Arena& arena) {
  return ProtoWriter(types, arena).SetMessage(message, value);
}

}  // namespace phoenix::cel
