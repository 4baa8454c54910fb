#ifndef LIBS_RULES_RULE_ENVIRONMENT_H_
#define LIBS_RULES_RULE_ENVIRONMENT_H_

#include <optional>
#include <string_view>

#include "libs/cel/environment.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// The names that rules may use; see RuleSetBuilder.
inline constexpr std::string_view kPayloadVariable = "data";
inline constexpr std::string_view kExtensionsVariable = "ext";

// Declares these names, and those of attributes, in an environment that has
// none of them.
void DeclareRuleVariables(cel::Environment& environment);

// Has these names and no others; lives for ever.
const cel::Environment& RuleEnvironment();

// The attribute that a variable stands for; none for `data` and `ext`.
std::optional<Attribute> AttributeOf(const cel::Variable& variable);

}  // namespace phoenix

#endif  // LIBS_RULES_RULE_ENVIRONMENT_H_
