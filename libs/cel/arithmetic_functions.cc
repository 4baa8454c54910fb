#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/containers.h"
#include "libs/cel/operators.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/text.h"
#include "libs/cel/time_range.h"

namespace phoenix::cel {
namespace {

using Args = absl::Span<const Value>;

constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();

Value Overflow(CallContext& context, std::string_view operation) {
  return context.Error(ErrorCode::kOverflow,
                       Cat("result of ", operation, " does not fit 64 bits"));
}

Value DivideByZero(CallContext& context) {
  return context.Error(ErrorCode::kDivideByZero, "division by zero");
}

Value NoSuchOperator(CallContext& context, std::string_view symbol, Args args) {
  return context.Error(ErrorCode::kNoSuchOverload,
                       Cat("no overload of '", symbol, "' takes (",
                           Join(args, ", ", TypeNameOf), ")"));
}

bool Are(Args args, ValueKind left, ValueKind right) {
  return args[0].kind() == left && args[1].kind() == right;
}

bool AreBoth(Args args, ValueKind kind) { return Are(args, kind, kind); }

// An operator over two ints or two uints with a check for overflow:
// `compute(a, b, &result)` returns whether it overflowed.
template <typename Number, typename Compute>
Value Checked(CallContext& context, std::string_view operation, Number a,
              Number b, Compute compute) {
  Number result = 0;
  if (compute(a, b, &result)) return Overflow(context, operation);
  if constexpr (std::is_signed_v<Number>) return Value::Int(result);
  return Value::Uint(static_cast<uint64_t>(result));
}

Value AddText(CallContext& context, Args args) {
  const std::string_view a = args[0].string_value();
  const std::string_view b = args[1].string_value();
  const size_t size = a.size() + b.size();
  if (size > Value::kMaxStringBytes || !context.Fits(size)) {
    return context.BudgetExceeded();
  }
  char* text = static_cast<char*>(context.arena().Allocate(size));
  a.copy(text, a.size());
  b.copy(text + a.size(), b.size());
  const std::string_view sum(text, size);
  return args[0].is_string() ? Value::String(sum) : Value::Bytes(sum);
}

Value AddLists(CallContext& context, Args args) {
  const ListValue& a = args[0].list_value();
  const ListValue& b = args[1].list_value();
  const size_t size = a.size() + b.size();
  if (!context.Fits(size * sizeof(Value))) return context.BudgetExceeded();
  Arena& arena = context.arena();
  auto* values = static_cast<Value*>(arena.Allocate(size * sizeof(Value)));
  for (size_t i = 0; i < size; ++i) {
    new (values + i)
        Value(i < a.size() ? a.At(i, arena) : b.At(i - a.size(), arena));
  }
  return Value::List(*arena.New<ArrayList>(absl::MakeConstSpan(values, size)));
}

Value AddTimes(CallContext& context, Args args) {
  if (AreBoth(args, ValueKind::kDuration)) {
    return MakeDuration(context,
                        args[0].duration_value() + args[1].duration_value());
  }
  if (Are(args, ValueKind::kTimestamp, ValueKind::kDuration)) {
    return MakeTimestamp(context,
                         args[0].timestamp_value() + args[1].duration_value());
  }
  if (Are(args, ValueKind::kDuration, ValueKind::kTimestamp)) {
    return MakeTimestamp(context,
                         args[1].timestamp_value() + args[0].duration_value());
  }
  return NoSuchOperator(context, "+", args);
}

Value Add(CallContext& context, Args args) {
  const auto compute = [](auto a, auto b, auto* result) {
    return __builtin_add_overflow(a, b, result);
  };
  if (AreBoth(args, ValueKind::kDouble)) {
    return Value::Double(args[0].double_value() + args[1].double_value());
  }
  if (AreBoth(args, ValueKind::kInt)) {
    return Checked(context, "addition", args[0].int_value(),
                   args[1].int_value(), compute);
  }
  if (AreBoth(args, ValueKind::kUint)) {
    return Checked(context, "addition", args[0].uint_value(),
                   args[1].uint_value(), compute);
  }
  if (AreBoth(args, ValueKind::kString) || AreBoth(args, ValueKind::kBytes)) {
    return AddText(context, args);
  }
  if (AreBoth(args, ValueKind::kList)) return AddLists(context, args);
  return AddTimes(context, args);
}

Value SubtractTimes(CallContext& context, Args args) {
  if (AreBoth(args, ValueKind::kDuration)) {
    return MakeDuration(context,
                        args[0].duration_value() - args[1].duration_value());
  }
  if (Are(args, ValueKind::kTimestamp, ValueKind::kDuration)) {
    return MakeTimestamp(context,
                         args[0].timestamp_value() - args[1].duration_value());
  }
  if (AreBoth(args, ValueKind::kTimestamp)) {
    return MakeDuration(context,
                        args[0].timestamp_value() - args[1].timestamp_value());
  }
  return NoSuchOperator(context, "-", args);
}

Value Subtract(CallContext& context, Args args) {
  const auto compute = [](auto a, auto b, auto* result) {
    return __builtin_sub_overflow(a, b, result);
  };
  if (AreBoth(args, ValueKind::kDouble)) {
    return Value::Double(args[0].double_value() - args[1].double_value());
  }
  if (AreBoth(args, ValueKind::kInt)) {
    return Checked(context, "subtraction", args[0].int_value(),
                   args[1].int_value(), compute);
  }
  if (AreBoth(args, ValueKind::kUint)) {
    return Checked(context, "subtraction", args[0].uint_value(),
                   args[1].uint_value(), compute);
  }
  return SubtractTimes(context, args);
}

Value Multiply(CallContext& context, Args args) {
  const auto compute = [](auto a, auto b, auto* result) {
    return __builtin_mul_overflow(a, b, result);
  };
  if (AreBoth(args, ValueKind::kDouble)) {
    return Value::Double(args[0].double_value() * args[1].double_value());
  }
  if (AreBoth(args, ValueKind::kInt)) {
    return Checked(context, "multiplication", args[0].int_value(),
                   args[1].int_value(), compute);
  }
  if (AreBoth(args, ValueKind::kUint)) {
    return Checked(context, "multiplication", args[0].uint_value(),
                   args[1].uint_value(), compute);
  }
  return NoSuchOperator(context, "*", args);
}

Value Divide(CallContext& context, Args args) {
  if (AreBoth(args, ValueKind::kDouble)) {
    return Value::Double(args[0].double_value() / args[1].double_value());
  }
  if (AreBoth(args, ValueKind::kInt)) {
    const int64_t a = args[0].int_value();
    const int64_t b = args[1].int_value();
    if (b == 0) return DivideByZero(context);
    if (a == kInt64Min && b == -1) return Overflow(context, "division");
    return Value::Int(a / b);
  }
  if (AreBoth(args, ValueKind::kUint)) {
    if (args[1].uint_value() == 0) return DivideByZero(context);
    return Value::Uint(args[0].uint_value() / args[1].uint_value());
  }
  return NoSuchOperator(context, "/", args);
}

Value Modulo(CallContext& context, Args args) {
  if (AreBoth(args, ValueKind::kInt)) {
    const int64_t a = args[0].int_value();
    const int64_t b = args[1].int_value();
    if (b == 0) return DivideByZero(context);
    if (a == kInt64Min && b == -1) return Overflow(context, "modulo");
    return Value::Int(a % b);
  }
  if (AreBoth(args, ValueKind::kUint)) {
    if (args[1].uint_value() == 0) return DivideByZero(context);
    return Value::Uint(args[0].uint_value() % args[1].uint_value());
  }
  return NoSuchOperator(context, "%", args);
}

Value Negate(CallContext& context, Args args) {
  if (args[0].kind() == ValueKind::kDouble) {
    return Value::Double(-args[0].double_value());
  }
  if (args[0].kind() != ValueKind::kInt) {
    return NoSuchOperator(context, "-", args);
  }
  if (args[0].int_value() == kInt64Min) return Overflow(context, "negation");
  return Value::Int(-args[0].int_value());
}

Overload Same(std::string id, Type type) {
  return {std::move(id), {type, type}, type, false, {}, {}};
}

Overload Mixed(std::string id, Type left, Type right, Type result) {
  return {std::move(id),
          {std::move(left), std::move(right)},
          std::move(result),
          false,
          {},
          {}};
}

void AddSum(FunctionRegistry& registry) {
  const Type list = Type::List(Type::Param("A"));
  const Type time = TypeKind::kTimestamp;
  const Type span = TypeKind::kDuration;
  MustAdd(
      registry,
      {std::string(kAdd),
       {Same("add_int64", TypeKind::kInt), Same("add_uint64", TypeKind::kUint),
        Same("add_double", TypeKind::kDouble),
        Same("add_string", TypeKind::kString),
        Same("add_bytes", TypeKind::kBytes), Same("add_list", list),
        Mixed("add_timestamp_duration", time, span, time),
        Mixed("add_duration_timestamp", span, time, time),
        Same("add_duration_duration", span)},
       Add});
}

void AddDifference(FunctionRegistry& registry) {
  const Type time = TypeKind::kTimestamp;
  const Type span = TypeKind::kDuration;
  MustAdd(registry, {std::string(kSubtract),
                     {Same("subtract_int64", TypeKind::kInt),
                      Same("subtract_uint64", TypeKind::kUint),
                      Same("subtract_double", TypeKind::kDouble),
                      Mixed("subtract_timestamp_timestamp", time, time, span),
                      Mixed("subtract_timestamp_duration", time, span, time),
                      Same("subtract_duration_duration", span)},
                     Subtract});
}

}  // namespace

void AddArithmeticFunctions(FunctionRegistry& registry) {
  AddSum(registry);
  AddDifference(registry);
  MustAdd(registry, {std::string(kMultiply),
                     {Same("multiply_int64", TypeKind::kInt),
                      Same("multiply_uint64", TypeKind::kUint),
                      Same("multiply_double", TypeKind::kDouble)},
                     Multiply});
  MustAdd(registry, {std::string(kDivide),
                     {Same("divide_int64", TypeKind::kInt),
                      Same("divide_uint64", TypeKind::kUint),
                      Same("divide_double", TypeKind::kDouble)},
                     Divide});
  MustAdd(registry, {std::string(kModulo),
                     {Same("modulo_int64", TypeKind::kInt),
                      Same("modulo_uint64", TypeKind::kUint)},
                     Modulo});
  const Type integer = TypeKind::kInt;
  const Type real = TypeKind::kDouble;
  MustAdd(registry, {std::string(kNegate),
                     {{"negate_int64", {integer}, integer, false, {}, {}},
                      {"negate_double", {real}, real, false, {}, {}}},
                     Negate});
}

}  // namespace phoenix::cel
