#include "libs/component/rule_report.h"

namespace phoenix {
namespace {

std::optional<RuleId> IdUnless(const std::vector<RuleError>& errors, RuleId id,
                               std::string_view field_path,
                               ConfigReport& report) {
  ReportRuleErrors(errors, field_path, report);
  if (!errors.empty()) return std::nullopt;
  return id;
}

}  // namespace

std::optional<RuleId> AddCondition(std::string_view text,
                                   std::string_view field_path,
                                   BuildContext& context) {
  std::vector<RuleError> errors;
  const RuleId id = context.rules.AddCondition(text, errors);
  return IdUnless(errors, id, field_path, context.report);
}

std::optional<RuleId> AddExpression(std::string_view text,
                                    std::string_view field_path,
                                    BuildContext& context, RuleResult result) {
  std::vector<RuleError> errors;
  const RuleId id = context.rules.AddExpression(text, errors, result);
  return IdUnless(errors, id, field_path, context.report);
}

void ReportRuleErrors(const std::vector<RuleError>& errors,
                      std::string_view field_path, ConfigReport& report) {
  for (const RuleError& error : errors) {
    report.Error(field_path, error.offset, error.message);
  }
}

}  // namespace phoenix
