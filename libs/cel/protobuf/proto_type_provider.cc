#include "libs/cel/protobuf/proto_type_provider.h"

#include <memory>
#include <string>

#include "google/protobuf/message.h"
#include "libs/base/text.h"
#include "libs/cel/protobuf/proto_writer.h"
#include "libs/cel/protobuf/well_known.h"

namespace phoenix::cel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Type TypeOfElement(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return TypeKind::kInt;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return TypeKind::kUint;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return TypeKind::kDouble;
    case FieldDescriptor::CPPTYPE_BOOL:
      return TypeKind::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return IsNullEnum(field) ? TypeKind::kNull : TypeKind::kInt;
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? TypeKind::kBytes
                                                         : TypeKind::kString;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return TypeOfMessage(*field.message_type());
  }
  return Type();
}

ErrorCode CodeOf(const absl::Status& status) {
  return absl::IsOutOfRange(status) ? ErrorCode::kOverflow
                                    : ErrorCode::kInvalidArgument;
}

}  // namespace

Type TypeOfMessage(const Descriptor& message) {
  switch (WellKnownOf(message)) {
    case WellKnown::kAny:
      return TypeKind::kAny;
    case WellKnown::kTimestamp:
      return TypeKind::kTimestamp;
    case WellKnown::kDuration:
      return TypeKind::kDuration;
    case WellKnown::kStruct:
      return Type::Map(TypeKind::kString, Type());
    case WellKnown::kListValue:
      return Type::List(Type());
    case WellKnown::kValue:
      return Type();
    case WellKnown::kWrapper:
      return Type::Wrapper(TypeOfElement(*message.FindFieldByNumber(1)));
    case WellKnown::kNone:
      break;
  }
  return Type::Message(message.full_name());
}

Type TypeOfField(const FieldDescriptor& field) {
  if (field.is_map()) {
    return Type::Map(TypeOfElement(*field.message_type()->map_key()),
                     TypeOfElement(*field.message_type()->map_value()));
  }
  Type element = TypeOfElement(field);
  return field.is_repeated() ? Type::List(std::move(element)) : element;
}

std::optional<Type> ProtoTypeProvider::FindMessage(
    std::string_view name) const {
  const Descriptor* message =
      types_.pool->FindMessageTypeByName(std::string(name));
  if (message == nullptr) return std::nullopt;
  return TypeOfMessage(*message);
}

std::optional<Type> ProtoTypeProvider::FindField(std::string_view message,
                                                 std::string_view field) const {
  const Descriptor* descriptor =
      types_.pool->FindMessageTypeByName(std::string(message));
  if (descriptor == nullptr) return std::nullopt;
  const FieldDescriptor* found = FindProtoField(*descriptor, field, types_);
  if (found == nullptr) return std::nullopt;
  return TypeOfField(*found);
}

std::optional<int64_t> ProtoTypeProvider::FindEnumValue(
    std::string_view name) const {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto* type =
      types_.pool->FindEnumTypeByName(std::string(name.substr(0, dot)));
  if (type == nullptr) return std::nullopt;
  const auto* value = type->FindValueByName(std::string(name.substr(dot + 1)));
  if (value == nullptr) return std::nullopt;
  return value->number();
}

Value ProtoTypeProvider::NewMessage(
    std::string_view name,
    absl::Span<const std::pair<std::string_view, Value>> fields,
    Arena& arena) const {
  const Descriptor* type =
      types_.pool->FindMessageTypeByName(std::string(name));
  if (type == nullptr) {
    return Value::Error(arena, ErrorCode::kInvalidArgument,
                        Cat("unknown message type '", name, "'"));
  }
  std::unique_ptr<Message> message(types_.factory->GetPrototype(type)->New());
  for (const auto& [field_name, value] : fields) {
    const FieldDescriptor* field = FindProtoField(*type, field_name, types_);
    if (field == nullptr) {
      return Value::Error(
          arena, ErrorCode::kNoSuchField,
          Cat("message '", name, "' has no field '", field_name, "'"));
    }
    absl::Status status = SetProtoField(*message, *field, value, types_, arena);
    if (!status.ok()) {
      const absl::string_view why = status.message();
      return Value::Error(arena, CodeOf(status),
                          Cat("field '", field_name,
                              "': ", std::string_view(why.data(), why.size())));
    }
  }
  return FromProto(std::move(message), types_, arena);
}

}  // namespace phoenix::cel
