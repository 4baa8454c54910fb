#include "libs/rules/rule_check.h"

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/arena.h"
#include "libs/cel/constant_errors.h"
#include "libs/cel/type.h"
#include "libs/rules/json_writer.h"

namespace phoenix {
namespace {

using cel::Value;
using cel::ValueKind;

// As error texts say it.
std::string_view Expected(RuleResult result) {
  switch (result) {
    case RuleResult::kBool:
      return "a bool";
    case RuleResult::kNumber:
      return "a finite number";
    case RuleResult::kKey:
      return "text, a finite number or a bool";
    case RuleResult::kJson:
      return "what JSON can hold";
    case RuleResult::kAny:
      break;
  }
  return "any value";
}

bool IsKeyType(const cel::Type& type) {
  return type.is_number() || type.kind() == cel::TypeKind::kString ||
         type.kind() == cel::TypeKind::kBool;
}

// Whether a value of the type may do. Conditions are left to the checker.
bool MayFit(const cel::Type& type, RuleResult result) {
  if (type.is_dynamic()) return true;
  if (type.kind() == cel::TypeKind::kWrapper) {
    return MayFit(type.parameter(0), result);
  }
  if (result == RuleResult::kNumber) return type.is_number();
  if (result == RuleResult::kKey) return IsKeyType(type);
  return true;
}

bool IsFiniteNumber(const Value& value) {
  return value.is_number() && (value.kind() != ValueKind::kDouble ||
                               std::isfinite(value.double_value()));
}

bool Fits(const Value& value, RuleResult result, cel::Arena& arena) {
  switch (result) {
    case RuleResult::kBool:
      return value.is_bool();
    case RuleResult::kNumber:
      return IsFiniteNumber(value);
    case RuleResult::kKey:
      return IsFiniteNumber(value) || value.is_string() || value.is_bool();
    case RuleResult::kJson: {
      std::string json;
      return AppendJson(json, value, arena).ok();
    }
    case RuleResult::kAny:
      break;
  }
  return true;
}

// What is wrong with the value of a rule that reads nothing of the event.
std::optional<std::string> ConstantFault(const cel::Program& program,
                                         RuleResult result) {
  if (!program.checked().Variables().empty()) return std::nullopt;
  cel::Arena arena;
  const Value value = program.Evaluate(cel::ValueActivation(), arena);
  if (value.is_error() || Fits(value, result, arena)) return std::nullopt;
  return Cat("expression is always ", cel::DebugString(value), ": expected ",
             Expected(result));
}

}  // namespace

void CheckRule(const cel::Program& program, RuleResult result,
               std::vector<RuleError>& errors,
               std::vector<RuleError>& warnings) {
  for (cel::ConstantError& error : cel::FindConstantErrors(program)) {
    (error.certain ? errors : warnings)
        .push_back(
            {error.issue.position.offset, std::move(error.issue.message)});
  }
  const cel::Type& type = program.checked().result_type();
  if (!MayFit(type, result)) {
    errors.push_back({0, Cat("expression is of type '", type.ToString(),
                             "': expected ", Expected(result))});
  } else if (auto fault = ConstantFault(program, result)) {
    errors.push_back({0, *std::move(fault)});
  }
}

}  // namespace phoenix
