#include "libs/rules/rule_environment.h"

#include <string>

#include "libs/cel/standard_functions.h"
#include "libs/cel/type.h"

namespace phoenix {
namespace {

// Names are distinct by construction, so that declaring them can't fail.
void Declare(cel::Environment& environment, std::string_view name,
             cel::Type type) {
  environment.AddVariable(std::string(name), std::move(type)).IgnoreError();
}

const cel::Environment* NewEnvironment() {
  static cel::Environment environment(cel::StandardFunctions());
  DeclareRuleVariables(environment);
  return &environment;
}

}  // namespace

void DeclareRuleVariables(cel::Environment& environment) {
  Declare(environment, kPayloadVariable, cel::TypeKind::kDyn);
  Declare(environment, kExtensionsVariable,
          cel::Type::Map(cel::TypeKind::kString, cel::TypeKind::kString));
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    Declare(environment, AttributeName(attribute),
            attribute == Attribute::kTime ? cel::TypeKind::kTimestamp
                                          : cel::TypeKind::kString);
  }
}

const cel::Environment& RuleEnvironment() {
  static const cel::Environment* const environment = NewEnvironment();
  return *environment;
}

std::optional<Attribute> AttributeOf(const cel::Variable& variable) {
  return FindAttribute(variable.name);
}

}  // namespace phoenix
