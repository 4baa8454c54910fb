#include "libs/rules/rule_set.h"

#include <utility>

#include "libs/rules/compiled_rules.h"
#include "libs/rules/edit_plan.h"
#include "libs/rules/rule_compiler.h"

namespace phoenix {

class RuleSetBuilder::Impl {
 public:
  RuleId Add(std::string_view text, RuleResult result,
             std::vector<RuleError>& errors) {
    const size_t before = errors.size();
    CompiledRule rule = CompileRule(text, result, *rules_, errors);
    failed_ = failed_ || errors.size() > before;
    rules_->rules.push_back(std::move(rule));
    return {static_cast<uint32_t>(rules_->rules.size() - 1)};
  }

  EditId AddEdits(std::vector<PayloadEdit> edits,
                  std::vector<EditError>& errors) {
    const size_t before = errors.size();
    CompiledEdits compiled;
    compiled.json_edits = ParseEdits(edits, errors);
    compiled.edits = std::move(edits);
    if (errors.size() > before) {
      failed_ = true;
    } else {
      compiled.splicer.emplace(compiled.json_edits, rules_->paths);
    }
    rules_->edits.push_back(std::move(compiled));
    return {static_cast<uint32_t>(rules_->edits.size() - 1)};
  }

  absl::StatusOr<std::shared_ptr<const RuleSet>> Build() {
    if (failed_) {
      return absl::FailedPreconditionError("a rule of the set is wrong");
    }
    for (CompiledEdits& edits : rules_->edits) {
      edits.changes = PlanChanges(edits.json_edits, rules_->paths);
    }
    return std::shared_ptr<const RuleSet>(std::move(rules_));
  }

 private:
  std::shared_ptr<RuleSet> rules_ = std::make_shared<RuleSet>();
  bool failed_ = false;
};

RuleSetBuilder::RuleSetBuilder() : impl_(std::make_unique<Impl>()) {}
RuleSetBuilder::~RuleSetBuilder() = default;

RuleId RuleSetBuilder::AddCondition(std::string_view text,
                                    std::vector<RuleError>& errors) {
  return impl_->Add(text, RuleResult::kBool, errors);
}

RuleId RuleSetBuilder::AddExpression(std::string_view text,
                                     std::vector<RuleError>& errors,
                                     RuleResult result) {
  return impl_->Add(text, result, errors);
}

EditId RuleSetBuilder::AddEdits(std::vector<PayloadEdit> edits,
                                std::vector<EditError>& errors) {
  return impl_->AddEdits(std::move(edits), errors);
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSetBuilder::Build() {
  return impl_->Build();
}

std::vector<RulePlan> DescribeRules(const RuleSet& rules) {
  std::vector<RulePlan> plans;
  for (const CompiledRule& rule : rules.rules) {
    plans.push_back({.text = rule.text,
                     .vectorised = rule.vectorised(),
                     .fallback_reason = rule.fallback_reason,
                     .paths = rule.path_texts,
                     .can_fail = rule.can_fail,
                     .warnings = rule.warnings});
  }
  return plans;
}

}  // namespace phoenix
