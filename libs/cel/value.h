#ifndef LIBS_CEL_VALUE_H_
#define LIBS_CEL_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "libs/cel/arena.h"

namespace phoenix::cel {

enum class ValueKind : uint8_t {
  kError,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kList,
  kMap,
  kStruct,
  kType,
  kTimestamp,
  kDuration,
};

// Why an evaluation failed. Stable: counters and dead letters use these.
enum class ErrorCode : uint8_t {
  kNoSuchOverload,   // the operands' kinds fit no overload
  kNoSuchKey,        // a map has no such key
  kNoSuchField,      // a message has no such field
  kIndexOutOfRange,  // a list has no such index
  kDivideByZero,     // '/' or '%' by zero
  kOverflow,         // the result does not fit its type
  kInvalidArgument,  // a conversion or a pattern that can't be read
  kUnknownVariable,  // no such variable, or the activation has none
  kDuplicateKey,     // a map literal repeats a key
  kBudgetExceeded,   // steps or bytes, see EvaluationLimits
  kInvalidData,      // a lazily read value turned out to be malformed
};

// The upper snake case name, such as "NO_SUCH_KEY".
std::string_view ErrorCodeName(ErrorCode code);

class ListValue;
class MapValue;
class StructValue;

// What an error value points at; lives in the arena of the evaluation.
struct EvaluationError {
  static constexpr uint32_t kNoNode = UINT32_MAX;

  ErrorCode code;
  // Which AST node failed; kNoNode until the evaluator has filled it in.
  uint32_t node = kNoNode;
  // A lower-case fragment that names the values involved.
  std::string_view message;
  // Of a whole number that does not fit 64 bits: the double next to it, which
  // is what `double` makes of it.
  std::optional<double> nearest_double = std::nullopt;
};

// A CEL value in 16 bytes, trivially copyable. Strings, bytes and type names
// are views, lists, maps and messages are pointers: they borrow from the
// arena of the evaluation, from the AST (constants) or from whatever the
// activation gave, and a value is valid as long as these are.
//
// An accessor must only be called when kind() is the one that it names.
// Thread-safe as far as what it borrows from is immutable.
class Value {
 public:
  // Strings and bytes are at most this long, as the length has 32 bits.
  static constexpr size_t kMaxStringBytes = UINT32_MAX;

  Value() : Value(ValueKind::kNull) {}

  static Value Null() { return Value(); }
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Uint(uint64_t value);
  static Value Double(double value);
  // Borrows `value`, which must be valid UTF-8 and within kMaxStringBytes.
  static Value String(std::string_view value);
  // Borrows `value`, of any bytes within kMaxStringBytes.
  static Value Bytes(std::string_view value);
  static Value List(const ListValue& value);
  static Value Map(const MapValue& value);
  static Value Struct(const StructValue& value);
  // A type as a value, such as the result of type(1). Borrows the name.
  static Value TypeName(std::string_view name);
  // Both must be finite; kept with nanosecond precision.
  static Value Timestamp(absl::Time value);
  static Value Duration(absl::Duration value);
  static Value Error(const EvaluationError& error);
  // Makes the error, with a copy of `message`, in `arena`.
  static Value Error(Arena& arena, ErrorCode code, std::string_view message);

  ValueKind kind() const { return kind_; }
  bool is_error() const { return kind_ == ValueKind::kError; }
  bool is_bool() const { return kind_ == ValueKind::kBool; }
  bool is_string() const { return kind_ == ValueKind::kString; }
  // int, uint or double.
  bool is_number() const {
    return kind_ >= ValueKind::kInt && kind_ <= ValueKind::kDouble;
  }

  bool bool_value() const { return bits_.boolean; }
  int64_t int_value() const { return bits_.integer; }
  uint64_t uint_value() const { return bits_.unsigned_integer; }
  double double_value() const { return bits_.real; }
  // For kString, kBytes and kType.
  std::string_view string_value() const { return {bits_.text, extra_}; }
  const ListValue& list_value() const { return *bits_.list; }
  const MapValue& map_value() const { return *bits_.map; }
  const StructValue& struct_value() const { return *bits_.message; }
  absl::Time timestamp_value() const {
    return absl::UnixEpoch() + duration_value();
  }
  absl::Duration duration_value() const {
    return absl::Seconds(bits_.integer) + absl::Nanoseconds(extra_);
  }
  const EvaluationError& error() const { return *bits_.error; }

 private:
  explicit Value(ValueKind kind) : kind_(kind) { bits_.integer = 0; }

  ValueKind kind_;
  // The length of a text, or the nanoseconds (0..999,999,999) of a time.
  uint32_t extra_ = 0;
  union {
    bool boolean;
    int64_t integer;
    uint64_t unsigned_integer;
    double real;
    const char* text;
    const ListValue* list;
    const MapValue* map;
    const StructValue* message;
    const EvaluationError* error;
  } bits_;
};

static_assert(sizeof(Value) == 16);

// A list. Implement it to read elements lazily, for example from JSON text;
// what an element needs in memory is made in the arena given. An element that
// can't be read is an error value. Must be immutable while values refer to it.
class ListValue {
 public:
  virtual ~ListValue() = default;
  virtual size_t size() const = 0;
  // `index` is below size().
  virtual Value At(size_t index, Arena& arena) const = 0;
};

// A map. Keys are bool, int, uint or string. The same rules as for ListValue.
class MapValue {
 public:
  virtual ~MapValue() = default;
  virtual size_t size() const = 0;
  // The value of `key`, none when there is no such key. Numbers are equal
  // across types: 1, 1u and 1.0 are the same key. A key of a kind that no map
  // can have gives none.
  virtual std::optional<Value> Find(const Value& key, Arena& arena) const = 0;
  // All keys, in the map's order; lives as long as the map or the arena.
  virtual const ListValue& Keys(Arena& arena) const = 0;
};

// A message with named, typed fields, such as a protobuf message.
class StructValue {
 public:
  virtual ~StructValue() = default;
  // The fully qualified type name; lives as long as the program.
  virtual std::string_view type_name() const = 0;
  // The field's value (its default when unset); an error value of
  // kNoSuchField when the type has no such field.
  virtual Value Get(std::string_view field, Arena& arena) const = 0;
  // Whether the field is set: a bool, or an error as for Get().
  virtual Value Has(std::string_view field, Arena& arena) const = 0;
  // Field-wise equality with a message of the same type name.
  virtual bool Equals(const StructValue& other) const = 0;
};

// The name of the value's type as CEL has it: "int",
// "google.protobuf.Duration".
std::string_view TypeNameOf(const Value& value);

// For messages and tests: CEL-like text such as `{"a": [1, 2u]}`, cut off
// after `max_bytes` with "...".
std::string DebugString(const Value& value, size_t max_bytes = 200);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_VALUE_H_
