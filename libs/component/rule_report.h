#ifndef LIBS_COMPONENT_RULE_REPORT_H_
#define LIBS_COMPONENT_RULE_REPORT_H_

#include <optional>
#include <string_view>
#include <vector>

#include "libs/component/config_report.h"
#include "libs/component/registry.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// For factories: adds a rule that stands in the config at `field_path` to the
// pipeline's rules, and reports what is wrong with it at that place. Nothing
// when something was reported.
std::optional<RuleId> AddCondition(std::string_view text,
                                   std::string_view field_path,
                                   BuildContext& context);

// As AddCondition, for an expression that must give `result`.
std::optional<RuleId> AddExpression(std::string_view text,
                                    std::string_view field_path,
                                    BuildContext& context,
                                    RuleResult result = RuleResult::kAny);

// Reports what is wrong with the rule that stands at `field_path`.
void ReportRuleErrors(const std::vector<RuleError>& errors,
                      std::string_view field_path, ConfigReport& report);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_RULE_REPORT_H_
