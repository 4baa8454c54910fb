#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/text.h"
#include "libs/cel/comparison.h"
#include "libs/cel/operators.h"
#include "libs/cel/standard_functions.h"

namespace phoenix::cel {
namespace {

using Ordering = std::partial_ordering;

Value NoOrder(CallContext& context, absl::Span<const Value> args) {
  return context.Error(ErrorCode::kNoSuchOverload,
                       Cat("'", TypeNameOf(args[0]), "' and '",
                           TypeNameOf(args[1]), "' have no order"));
}

// An order operator over everything that has an order; `holds` says which
// outcomes of the comparison make it true. NaN makes none true.
template <typename Holds>
FunctionImpl Ordered(Holds holds) {
  return [holds](CallContext& context, absl::Span<const Value> args) {
    std::optional<Ordering> order = CompareValues(args[0], args[1]);
    if (!order.has_value()) return NoOrder(context, args);
    return Value::Bool(holds(*order));
  };
}

void AddOrdered(FunctionRegistry& registry, std::string_view name,
                std::string_view id, FunctionImpl impl) {
  const std::pair<std::string_view, TypeKind> kOrderedTypes[] = {
      {"bool", TypeKind::kBool},           {"int64", TypeKind::kInt},
      {"uint64", TypeKind::kUint},         {"double", TypeKind::kDouble},
      {"string", TypeKind::kString},       {"bytes", TypeKind::kBytes},
      {"timestamp", TypeKind::kTimestamp}, {"duration", TypeKind::kDuration},
  };
  Function function;
  function.name = std::string(name);
  function.impl = std::move(impl);
  for (const auto& [suffix, type] : kOrderedTypes) {
    function.overloads.push_back(
        {Cat(id, "_", suffix), {type, type}, TypeKind::kBool, false, {}, {}});
  }
  MustAdd(registry, std::move(function));
}

Value Equals(CallContext& context, absl::Span<const Value> args) {
  return EqualValues(args[0], args[1], context.arena());
}

Value NotEquals(CallContext& context, absl::Span<const Value> args) {
  Value equal = Equals(context, args);
  return equal.is_error() ? equal : Value::Bool(!equal.bool_value());
}

}  // namespace

void AddComparisonFunctions(FunctionRegistry& registry) {
  AddOrdered(registry, kLess, "less",
             Ordered([](Ordering order) { return order < 0; }));
  AddOrdered(registry, kLessEquals, "less_equals",
             Ordered([](Ordering order) { return order <= 0; }));
  AddOrdered(registry, kGreater, "greater",
             Ordered([](Ordering order) { return order > 0; }));
  AddOrdered(registry, kGreaterEquals, "greater_equals",
             Ordered([](Ordering order) { return order >= 0; }));
  const Type a = Type::Param("A");
  MustAdd(registry, {std::string(kEquals),
                     {{"equals", {a, a}, TypeKind::kBool, false, Equals, {}}},
                     {}});
  MustAdd(registry,
          {std::string(kNotEquals),
           {{"not_equals", {a, a}, TypeKind::kBool, false, NotEquals, {}}},
           {}});
}

}  // namespace phoenix::cel
