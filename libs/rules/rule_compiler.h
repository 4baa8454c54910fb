#ifndef LIBS_RULES_RULE_COMPILER_H_
#define LIBS_RULES_RULE_COMPILER_H_

#include <string>
#include <string_view>
#include <vector>

#include "libs/cel/checker.h"
#include "libs/rules/compiled_rules.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Checks a rule, which must give `result`, and compiles both of its forms. The
// columns that the vectorised form reads are added to `rules`. On failure
// `errors` has at least one entry more and the result is not to be used.
CompiledRule CompileRule(std::string_view text, RuleResult result,
                         RuleSet& rules, std::vector<RuleError>& errors);

}  // namespace phoenix

#endif  // LIBS_RULES_RULE_COMPILER_H_
