#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/comparison.h"
#include "libs/cel/operators.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

using Args = absl::Span<const Value>;

Value TextSize(CallContext&, Args args) {
  return Value::Int(
      static_cast<int64_t>(CountCodePoints(args[0].string_value())));
}

Value BytesSize(CallContext&, Args args) {
  return Value::Int(static_cast<int64_t>(args[0].string_value().size()));
}

Value ListSize(CallContext&, Args args) {
  return Value::Int(static_cast<int64_t>(args[0].list_value().size()));
}

Value MapSize(CallContext&, Args args) {
  return Value::Int(static_cast<int64_t>(args[0].map_value().size()));
}

void AddSize(FunctionRegistry& registry) {
  const Type list = Type::List(Type::Param("A"));
  const Type map = Type::Map(Type::Param("A"), Type::Param("B"));
  const Type integer = TypeKind::kInt;
  const Type text = TypeKind::kString;
  const Type bytes = TypeKind::kBytes;
  MustAdd(registry, {"size",
                     {{"size_string", {text}, integer, false, TextSize, {}},
                      {"size_bytes", {bytes}, integer, false, BytesSize, {}},
                      {"size_list", {list}, integer, false, ListSize, {}},
                      {"size_map", {map}, integer, false, MapSize, {}},
                      {"string_size", {text}, integer, true, TextSize, {}},
                      {"bytes_size", {bytes}, integer, true, BytesSize, {}},
                      {"list_size", {list}, integer, true, ListSize, {}},
                      {"map_size", {map}, integer, true, MapSize, {}}},
                     {}});
}

// True when any element is equal; an unreadable element is an error only when
// none is.
Value InList(CallContext& context, Args args) {
  const ListValue& list = args[1].list_value();
  Value result = Value::Bool(false);
  for (size_t i = 0; i < list.size(); ++i) {
    Value equal =
        EqualValues(args[0], list.At(i, context.arena()), context.arena());
    if (equal.is_error()) {
      if (!result.is_error()) result = equal;
    } else if (equal.bool_value()) {
      return equal;
    }
  }
  return result;
}

Value InMap(CallContext& context, Args args) {
  return Value::Bool(
      args[1].map_value().Find(args[0], context.arena()).has_value());
}

void AddIn(FunctionRegistry& registry) {
  const Type a = Type::Param("A");
  const Type map = Type::Map(a, Type::Param("B"));
  MustAdd(registry,
          {std::string(kIn),
           {{"in_list", {a, Type::List(a)}, TypeKind::kBool, false, InList, {}},
            {"in_map", {a, map}, TypeKind::kBool, false, InMap, {}}},
           {}});
}

// The index as an int, also of a uint or a whole double, as JSON has it.
std::optional<int64_t> ToIndex(const Value& value) {
  constexpr double kLimit = 9007199254740992.0;  // 2^53: whole numbers end
  if (value.kind() == ValueKind::kInt) return value.int_value();
  if (value.kind() == ValueKind::kUint) {
    return static_cast<int64_t>(value.uint_value() & INT64_MAX);
  }
  if (value.kind() != ValueKind::kDouble) return std::nullopt;
  const double real = value.double_value();
  if (std::trunc(real) != real || std::abs(real) > kLimit) return std::nullopt;
  return static_cast<int64_t>(real);
}

Value IndexList(CallContext& context, Args args) {
  const ListValue& list = args[0].list_value();
  std::optional<int64_t> index = ToIndex(args[1]);
  if (!index.has_value()) {
    return context.Error(ErrorCode::kInvalidArgument,
                         Cat("list index is '", DebugString(args[1], 40),
                             "', expected a whole number"));
  }
  if (*index < 0 || static_cast<uint64_t>(*index) >= list.size()) {
    return context.Error(ErrorCode::kIndexOutOfRange,
                         Cat("list index ", *index,
                             " is out of range for a size of ", list.size()));
  }
  return list.At(static_cast<size_t>(*index), context.arena());
}

Value IndexMap(CallContext& context, Args args) {
  if (std::optional<Value> value =
          args[0].map_value().Find(args[1], context.arena())) {
    return *value;
  }
  return context.Error(ErrorCode::kNoSuchKey,
                       Cat("no such key ", DebugString(args[1], 40)));
}

Value Index(CallContext& context, Args args) {
  if (args[0].kind() == ValueKind::kList) return IndexList(context, args);
  if (args[0].kind() == ValueKind::kMap) return IndexMap(context, args);
  return context.Error(ErrorCode::kNoSuchOverload,
                       Cat("type '", TypeNameOf(args[0]), "' has no index"));
}

void AddIndex(FunctionRegistry& registry) {
  const Type a = Type::Param("A");
  const Type b = Type::Param("B");
  MustAdd(registry,
          {std::string(kIndex),
           {{"index_list", {Type::List(a), TypeKind::kInt}, a, false, {}, {}},
            {"index_map", {Type::Map(a, b), a}, b, false, {}, {}}},
           Index});
}

}  // namespace

void AddContainerFunctions(FunctionRegistry& registry) {
  AddSize(registry);
  AddIn(registry);
  AddIndex(registry);
}

}  // namespace phoenix::cel
