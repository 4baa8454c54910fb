#include "libs/cel/standard_functions.h"

#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "libs/cel/operators.h"

namespace phoenix::cel {

namespace {

FunctionRegistry MakeStandardFunctions() {
  FunctionRegistry registry;
  AddStandardFunctions(registry);
  return registry;
}

}  // namespace

void MustAdd(FunctionRegistry& registry, Function function) {
  absl::Status status = registry.Add(std::move(function));
  if (status.ok()) return;
  ABSL_RAW_LOG(FATAL, "cel: %s", status.ToString().c_str());
}

void AddLogicFunctions(FunctionRegistry& registry) {
  const Type a = Type::Param("A");
  const Type boolean = TypeKind::kBool;
  // The evaluator computes these itself: they do not evaluate all operands.
  MustAdd(registry, {std::string(kConditional),
                     {{"conditional", {boolean, a, a}, a, false, {}, {}}},
                     {}});
  MustAdd(registry,
          {std::string(kLogicalAnd),
           {{"logical_and", {boolean, boolean}, boolean, false, {}, {}}},
           {}});
  MustAdd(registry,
          {std::string(kLogicalOr),
           {{"logical_or", {boolean, boolean}, boolean, false, {}, {}}},
           {}});
  FunctionImpl negate = [](CallContext&, absl::Span<const Value> args) {
    return Value::Bool(!args[0].bool_value());
  };
  MustAdd(registry, {std::string(kLogicalNot),
                     {{"logical_not", {boolean}, boolean, false, negate, {}}},
                     {}});
}

void AddStandardFunctions(FunctionRegistry& registry) {
  AddLogicFunctions(registry);
  AddArithmeticFunctions(registry);
  AddComparisonFunctions(registry);
  AddContainerFunctions(registry);
  AddStringFunctions(registry);
  AddConversionFunctions(registry);
  AddTimeFunctions(registry);
}

const FunctionRegistry& StandardFunctions() {
  // Never destroyed: programs may outlive the statics of other files.
  static const FunctionRegistry* const kFunctions =
      new FunctionRegistry(MakeStandardFunctions());
  return *kFunctions;
}

}  // namespace phoenix::cel
