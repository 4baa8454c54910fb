#include "libs/cel/conformance/expr_value.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/cel/comparison.h"
#include "libs/cel/containers.h"

namespace phoenix::cel {
namespace {

absl::StatusOr<Value> FromList(const ::cel::expr::ListValue& list,
                               const ProtoTypes& types, Arena& arena) {
  std::vector<Value> values;
  for (const ::cel::expr::Value& element : list.values()) {
    absl::StatusOr<Value> value = FromExprValue(element, types, arena);
    if (!value.ok()) return value.status();
    values.push_back(*value);
  }
  return MakeList(values, arena);
}

absl::StatusOr<Value> FromMap(const ::cel::expr::MapValue& entries,
                              const ProtoTypes& types, Arena& arena) {
  auto* map = arena.New<HashedMap>();
  for (const auto& entry : entries.entries()) {
    absl::StatusOr<Value> key = FromExprValue(entry.key(), types, arena);
    if (!key.ok()) return key.status();
    absl::StatusOr<Value> value = FromExprValue(entry.value(), types, arena);
    if (!value.ok()) return value.status();
    map->Insert(*key, *value);
  }
  return Value::Map(*map);
}

TypeKind PrimitiveKind(::cel::expr::Type::PrimitiveType primitive) {
  switch (primitive) {
    case ::cel::expr::Type::BOOL:
      return TypeKind::kBool;
    case ::cel::expr::Type::INT64:
      return TypeKind::kInt;
    case ::cel::expr::Type::UINT64:
      return TypeKind::kUint;
    case ::cel::expr::Type::DOUBLE:
      return TypeKind::kDouble;
    case ::cel::expr::Type::STRING:
      return TypeKind::kString;
    case ::cel::expr::Type::BYTES:
      return TypeKind::kBytes;
    default:
      return TypeKind::kError;
  }
}

TypeKind WellKnownKind(::cel::expr::Type::WellKnownType type) {
  switch (type) {
    case ::cel::expr::Type::TIMESTAMP:
      return TypeKind::kTimestamp;
    case ::cel::expr::Type::DURATION:
      return TypeKind::kDuration;
    default:
      return TypeKind::kAny;
  }
}

// Well-known messages are plain types wherever they are named.
Type FromMessageName(const std::string& name) {
  if (name == "google.protobuf.Timestamp") return TypeKind::kTimestamp;
  if (name == "google.protobuf.Duration") return TypeKind::kDuration;
  if (name == "google.protobuf.Any") return TypeKind::kAny;
  if (name == "google.protobuf.Value") return Type();
  if (name == "google.protobuf.ListValue") return Type::List(Type());
  if (name == "google.protobuf.Struct") {
    return Type::Map(TypeKind::kString, Type());
  }
  return Type::Message(name);
}

Type FromAbstractType(const ::cel::expr::Type::AbstractType& type) {
  std::vector<Type> parameters;
  for (const ::cel::expr::Type& parameter : type.parameter_types()) {
    parameters.push_back(FromExprType(parameter));
  }
  return Type::Opaque(type.name(), std::move(parameters));
}

bool IsSameDouble(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool IsSameList(const ListValue& a, const ListValue& b, Arena& arena) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!IsSameValue(a.At(i, arena), b.At(i, arena), arena)) return false;
  }
  return true;
}

// The key of `keys` that equals `key`: numbers of any type do.
std::optional<Value> StoredKey(const ListValue& keys, const Value& key,
                               Arena& arena) {
  for (size_t i = 0; i < keys.size(); ++i) {
    const Value stored = keys.At(i, arena);
    if (KeyEqual()(stored, key)) return stored;
  }
  return std::nullopt;
}

bool IsSameMap(const MapValue& a, const MapValue& b, Arena& arena) {
  if (a.size() != b.size()) return false;
  const ListValue& keys = a.Keys(arena);
  const ListValue& other_keys = b.Keys(arena);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Value key = keys.At(i, arena);
    std::optional<Value> other_key = StoredKey(other_keys, key, arena);
    if (!other_key || other_key->kind() != key.kind()) return false;
    if (!IsSameValue(*a.Find(key, arena), *b.Find(key, arena), arena)) {
      return false;
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<Value> FromExprValue(const ::cel::expr::Value& value,
                                    const ProtoTypes& types, Arena& arena) {
  using Kind = ::cel::expr::Value;
  switch (value.kind_case()) {
    case Kind::kBoolValue:
      return Value::Bool(value.bool_value());
    case Kind::kInt64Value:
      return Value::Int(value.int64_value());
    case Kind::kUint64Value:
      return Value::Uint(value.uint64_value());
    case Kind::kDoubleValue:
      return Value::Double(value.double_value());
    case Kind::kStringValue:
      return Value::String(value.string_value());
    case Kind::kBytesValue:
      return Value::Bytes(value.bytes_value());
    case Kind::kObjectValue:
      return FromProto(value.object_value(), types, arena);
    case Kind::kMapValue:
      return FromMap(value.map_value(), types, arena);
    case Kind::kListValue:
      return FromList(value.list_value(), types, arena);
    case Kind::kTypeValue:
      return Value::TypeName(value.type_value());
    case Kind::kEnumValue:
      return absl::UnimplementedError("enum values are ints here");
    case Kind::kNullValue:
    case Kind::KIND_NOT_SET:
      break;
  }
  return Value::Null();
}

Type FromExprType(const ::cel::expr::Type& type) {
  using Kind = ::cel::expr::Type;
  switch (type.type_kind_case()) {
    case Kind::kNull:
      return TypeKind::kNull;
    case Kind::kPrimitive:
      return PrimitiveKind(type.primitive());
    case Kind::kWrapper:
      return Type::Wrapper(PrimitiveKind(type.wrapper()));
    case Kind::kWellKnown:
      return WellKnownKind(type.well_known());
    case Kind::kListType:
      return Type::List(FromExprType(type.list_type().elem_type()));
    case Kind::kMapType:
      return Type::Map(FromExprType(type.map_type().key_type()),
                       FromExprType(type.map_type().value_type()));
    case Kind::kMessageType:
      return FromMessageName(type.message_type());
    case Kind::kTypeParam:
      return Type::Param(type.type_param());
    case Kind::kType:
      return Type::TypeOf(FromExprType(type.type()));
    case Kind::kAbstractType:
      return FromAbstractType(type.abstract_type());
    case Kind::kError:
      return TypeKind::kError;
    default:
      return Type();
  }
}

Function FromExprFunction(const ::cel::expr::Decl& declaration) {
  Function function;
  function.name = declaration.name();
  for (const auto& declared : declaration.function().overloads()) {
    Overload overload;
    overload.id = declared.overload_id();
    for (const ::cel::expr::Type& parameter : declared.params()) {
      overload.parameters.push_back(FromExprType(parameter));
    }
    overload.result = FromExprType(declared.result_type());
    overload.is_member = declared.is_instance_function();
    overload.impl = [](CallContext& context, absl::Span<const Value>) {
      return context.Error(ErrorCode::kNoSuchOverload,
                           "function has no implementation");
    };
    function.overloads.push_back(std::move(overload));
  }
  return function;
}

bool IsSameValue(const Value& a, const Value& b, Arena& arena) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case ValueKind::kDouble:
      return IsSameDouble(a.double_value(), b.double_value());
    case ValueKind::kList:
      return IsSameList(a.list_value(), b.list_value(), arena);
    case ValueKind::kMap:
      return IsSameMap(a.map_value(), b.map_value(), arena);
    default: {
      const Value equal = EqualValues(a, b, arena);
      return equal.is_bool() && equal.bool_value();
    }
  }
}

}  // namespace phoenix::cel
