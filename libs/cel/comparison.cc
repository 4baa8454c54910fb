#include "libs/cel/comparison.h"

#include <functional>
#include <string_view>

namespace phoenix::cel {
namespace {

double AsDouble(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return static_cast<double>(value.int_value());
    case ValueKind::kUint:
      return static_cast<double>(value.uint_value());
    default:
      return value.double_value();
  }
}

std::strong_ordering CompareIntUint(int64_t a, uint64_t b) {
  if (a < 0) return std::strong_ordering::less;
  return static_cast<uint64_t>(a) <=> b;
}

// Deep comparisons: an element's error counts unless something else is
// unequal.
class DeepEquality {
 public:
  explicit DeepEquality(Arena& arena) : arena_(arena) {}

  Value Lists(const ListValue& a, const ListValue& b) {
    if (a.size() != b.size()) return Value::Bool(false);
    Value result = Value::Bool(true);
    for (size_t i = 0; i < a.size(); ++i) {
      if (!Merge(EqualValues(a.At(i, arena_), b.At(i, arena_), arena_),
                 &result)) {
        return Value::Bool(false);
      }
    }
    return result;
  }

  Value Maps(const MapValue& a, const MapValue& b) {
    if (a.size() != b.size()) return Value::Bool(false);
    Value result = Value::Bool(true);
    const ListValue& keys = a.Keys(arena_);
    for (size_t i = 0; i < keys.size(); ++i) {
      const Value key = keys.At(i, arena_);
      std::optional<Value> left = a.Find(key, arena_);
      std::optional<Value> right = b.Find(key, arena_);
      if (!left || !right ||
          !Merge(EqualValues(*left, *right, arena_), &result)) {
        return Value::Bool(false);
      }
    }
    return result;
  }

 private:
  // False when `equal` decides the whole.
  static bool Merge(const Value& equal, Value* result) {
    if (equal.is_error()) {
      if (!result->is_error()) *result = equal;
      return true;
    }
    return equal.bool_value();
  }

  Arena& arena_;
};

Value EqualStructs(const StructValue& a, const StructValue& b) {
  return Value::Bool(a.type_name() == b.type_name() && a.Equals(b));
}

}  // namespace

std::partial_ordering CompareNumbers(const Value& a, const Value& b) {
  if (a.kind() == ValueKind::kDouble || b.kind() == ValueKind::kDouble) {
    return AsDouble(a) <=> AsDouble(b);
  }
  if (a.kind() == ValueKind::kInt) {
    if (b.kind() == ValueKind::kInt) return a.int_value() <=> b.int_value();
    return CompareIntUint(a.int_value(), b.uint_value());
  }
  if (b.kind() == ValueKind::kUint) return a.uint_value() <=> b.uint_value();
  return 0 <=> CompareIntUint(b.int_value(), a.uint_value());
}

std::optional<std::partial_ordering> CompareValues(const Value& a,
                                                   const Value& b) {
  if (a.is_number() && b.is_number()) return CompareNumbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case ValueKind::kBool:
      return a.bool_value() <=> b.bool_value();
    case ValueKind::kString:
    case ValueKind::kBytes:
      return a.string_value() <=> b.string_value();
    case ValueKind::kTimestamp:
    case ValueKind::kDuration: {
      const absl::Duration left = a.duration_value();
      const absl::Duration right = b.duration_value();
      if (left == right) return std::partial_ordering::equivalent;
      return left < right ? std::partial_ordering::less
                          : std::partial_ordering::greater;
    }
    default:
      return std::nullopt;
  }
}

Value EqualValues(const Value& a, const Value& b, Arena& arena) {
  if (a.is_error()) return a;
  if (b.is_error()) return b;
  if (std::optional<std::partial_ordering> order = CompareValues(a, b)) {
    return Value::Bool(*order == std::partial_ordering::equivalent);
  }
  if (a.kind() != b.kind()) return Value::Bool(false);
  switch (a.kind()) {
    case ValueKind::kNull:
      return Value::Bool(true);
    case ValueKind::kType:
      return Value::Bool(a.string_value() == b.string_value());
    case ValueKind::kList:
      return DeepEquality(arena).Lists(a.list_value(), b.list_value());
    case ValueKind::kMap:
      return DeepEquality(arena).Maps(a.map_value(), b.map_value());
    case ValueKind::kStruct:
      return EqualStructs(a.struct_value(), b.struct_value());
    default:
      return Value::Bool(false);
  }
}

size_t KeyHash::operator()(const Value& key) const {
  // Equal numbers have equal doubles.
  if (key.is_number()) return std::hash<double>()(AsDouble(key));
  if (key.is_bool()) return key.bool_value() ? 1 : 2;
  return std::hash<std::string_view>()(key.string_value());
}

bool KeyEqual::operator()(const Value& a, const Value& b) const {
  std::optional<std::partial_ordering> order = CompareValues(a, b);
  return order.has_value() && *order == std::partial_ordering::equivalent;
}

bool IsMapKey(const Value& value) {
  return value.is_bool() || value.is_string() ||
         value.kind() == ValueKind::kInt || value.kind() == ValueKind::kUint;
}

}  // namespace phoenix::cel
