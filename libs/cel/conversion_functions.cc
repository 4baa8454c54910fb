#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/literals.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

using Args = absl::Span<const Value>;

// Doubles at which the 64-bit integers end; exactly representable.
constexpr double kTwoTo63 = 9223372036854775808.0;
constexpr double kTwoTo64 = 18446744073709551616.0;

Value Identity(CallContext&, Args args) { return args[0]; }

Value OutOfRange(CallContext& context, const Value& value,
                 std::string_view type) {
  return context.Error(ErrorCode::kOverflow,
                       Cat(DebugString(value, 40), " does not fit ", type));
}

Value Unreadable(CallContext& context, const Value& value,
                 std::string_view type) {
  return context.Error(
      ErrorCode::kInvalidArgument,
      Cat("can't read ", DebugString(value, 40), " as ", type));
}

template <typename Number>
std::optional<Number> ReadInteger(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  Number number = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<double> ReadDouble(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  return DecodeDouble(text);
}

Value IntFromUint(CallContext& context, Args args) {
  if (args[0].uint_value() > INT64_MAX) {
    return OutOfRange(context, args[0], "int");
  }
  return Value::Int(static_cast<int64_t>(args[0].uint_value()));
}

Value IntFromDouble(CallContext& context, Args args) {
  const double real = args[0].double_value();
  // Negated, so that NaN is out of range as well.
  if (!(real > -kTwoTo63 && real < kTwoTo63)) {
    return OutOfRange(context, args[0], "int");
  }
  return Value::Int(static_cast<int64_t>(real));
}

Value IntFromString(CallContext& context, Args args) {
  std::optional<int64_t> number = ReadInteger<int64_t>(args[0].string_value());
  return number ? Value::Int(*number) : Unreadable(context, args[0], "int");
}

Value IntFromTimestamp(CallContext&, Args args) {
  return Value::Int(absl::ToUnixSeconds(args[0].timestamp_value()));
}

Value UintFromInt(CallContext& context, Args args) {
  if (args[0].int_value() < 0) return OutOfRange(context, args[0], "uint");
  return Value::Uint(static_cast<uint64_t>(args[0].int_value()));
}

Value UintFromDouble(CallContext& context, Args args) {
  const double real = args[0].double_value();
  if (!(real >= 0 && real < kTwoTo64)) {
    return OutOfRange(context, args[0], "uint");
  }
  return Value::Uint(static_cast<uint64_t>(real));
}

Value UintFromString(CallContext& context, Args args) {
  std::optional<uint64_t> number =
      ReadInteger<uint64_t>(args[0].string_value());
  return number ? Value::Uint(*number) : Unreadable(context, args[0], "uint");
}

Value DoubleFromInt(CallContext&, Args args) {
  return Value::Double(static_cast<double>(args[0].int_value()));
}

Value DoubleFromUint(CallContext&, Args args) {
  return Value::Double(static_cast<double>(args[0].uint_value()));
}

Value NearestDouble(const Value& error) {
  const std::optional<double> nearest = error.error().nearest_double;
  return nearest.has_value() ? Value::Double(*nearest) : error;
}

Value DoubleFromString(CallContext& context, Args args) {
  std::optional<double> number = ReadDouble(args[0].string_value());
  return number ? Value::Double(*number)
                : Unreadable(context, args[0], "double");
}

Value BoolFromString(CallContext& context, Args args) {
  const std::string_view text = args[0].string_value();
  for (std::string_view word : {"1", "t", "true", "TRUE", "True"}) {
    if (text == word) return Value::Bool(true);
  }
  for (std::string_view word : {"0", "f", "false", "FALSE", "False"}) {
    if (text == word) return Value::Bool(false);
  }
  return Unreadable(context, args[0], "bool");
}

Value MakeString(CallContext& context, std::string_view text) {
  return Value::String(context.arena().Copy(text));
}

template <typename Number>
Value FormatNumber(CallContext& context, Number number) {
  char text[32];
  auto result = std::to_chars(text, text + sizeof(text), number);
  return MakeString(context, {text, static_cast<size_t>(result.ptr - text)});
}

Value StringFromBool(CallContext&, Args args) {
  return Value::String(args[0].bool_value() ? "true" : "false");
}

Value StringFromInt(CallContext& context, Args args) {
  return FormatNumber(context, args[0].int_value());
}

Value StringFromUint(CallContext& context, Args args) {
  return FormatNumber(context, args[0].uint_value());
}

Value StringFromDouble(CallContext& context, Args args) {
  const double real = args[0].double_value();
  if (std::isnan(real)) return Value::String("NaN");
  if (std::isinf(real)) return Value::String(real > 0 ? "+Inf" : "-Inf");
  return FormatNumber(context, real);
}

Value StringFromBytes(CallContext& context, Args args) {
  if (!IsValidUtf8(args[0].string_value())) {
    return context.Error(ErrorCode::kInvalidArgument,
                         "bytes are not valid UTF-8, so no string");
  }
  return Value::String(args[0].string_value());
}

Value BytesFromString(CallContext&, Args args) {
  return Value::Bytes(args[0].string_value());
}

Value TypeOfValue(CallContext&, Args args) {
  return Value::TypeName(TypeNameOf(args[0]));
}

Overload From(std::string id, Type from, Type to, FunctionImpl impl) {
  return {std::move(id), {std::move(from)}, std::move(to),
          false,         std::move(impl),   {}};
}

void AddToInteger(FunctionRegistry& registry) {
  const Type to_int = TypeKind::kInt;
  MustAdd(registry,
          {"int",
           {From("int64_to_int64", TypeKind::kInt, to_int, Identity),
            From("uint64_to_int64", TypeKind::kUint, to_int, IntFromUint),
            From("double_to_int64", TypeKind::kDouble, to_int, IntFromDouble),
            From("string_to_int64", TypeKind::kString, to_int, IntFromString),
            From("timestamp_to_int64", TypeKind::kTimestamp, to_int,
                 IntFromTimestamp)},
           {}});
  const Type to_uint = TypeKind::kUint;
  MustAdd(
      registry,
      {"uint",
       {From("uint64_to_uint64", TypeKind::kUint, to_uint, Identity),
        From("int64_to_uint64", TypeKind::kInt, to_uint, UintFromInt),
        From("double_to_uint64", TypeKind::kDouble, to_uint, UintFromDouble),
        From("string_to_uint64", TypeKind::kString, to_uint, UintFromString)},
       {}});
}

void AddToDoubleAndBool(FunctionRegistry& registry) {
  const Type real = TypeKind::kDouble;
  MustAdd(
      registry,
      {"double",
       {From("double_to_double", real, real, Identity),
        From("int64_to_double", TypeKind::kInt, real, DoubleFromInt),
        From("uint64_to_double", TypeKind::kUint, real, DoubleFromUint),
        From("string_to_double", TypeKind::kString, real, DoubleFromString)},
       {},
       NearestDouble});
  const Type boolean = TypeKind::kBool;
  MustAdd(registry,
          {"bool",
           {From("bool_to_bool", boolean, boolean, Identity),
            From("string_to_bool", TypeKind::kString, boolean, BoolFromString)},
           {}});
}

void AddToText(FunctionRegistry& registry) {
  const Type text = TypeKind::kString;
  const Type bytes = TypeKind::kBytes;
  MustAdd(registry,
          {"string",
           {From("string_to_string", text, text, Identity),
            From("bool_to_string", TypeKind::kBool, text, StringFromBool),
            From("int64_to_string", TypeKind::kInt, text, StringFromInt),
            From("uint64_to_string", TypeKind::kUint, text, StringFromUint),
            From("double_to_string", TypeKind::kDouble, text, StringFromDouble),
            From("bytes_to_string", bytes, text, StringFromBytes)},
           {}});
  MustAdd(registry, {"bytes",
                     {From("bytes_to_bytes", bytes, bytes, Identity),
                      From("string_to_bytes", text, bytes, BytesFromString)},
                     {}});
}

}  // namespace

void AddConversionFunctions(FunctionRegistry& registry) {
  AddToInteger(registry);
  AddToDoubleAndBool(registry);
  AddToText(registry);
  const Type a = Type::Param("A");
  MustAdd(registry, {"dyn", {From("to_dyn", a, Type(), Identity)}, {}});
  MustAdd(registry,
          {"type", {From("type", a, Type::TypeOf(a), TypeOfValue)}, {}});
}

}  // namespace phoenix::cel
