#include "libs/operators/validate/validate_operator.h"

#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/component/step_rows.h"

namespace phoenix {
namespace {

RowError MakeError(uint32_t row, const std::vector<std::string>& names) {
  return {row, absl::InvalidArgumentError(absl::StrFormat(
                   "event breaks rule%s '%s'", names.size() == 1 ? "" : "s",
                   absl::StrJoin(names, "', '")))};
}

}  // namespace

ValidateOperator::ValidateOperator(std::vector<Rule> rules, Logger logger)
    : rules_(std::move(rules)),
      breaches_(rules_.size()),
      logger_(std::move(logger)) {}

void ValidateOperator::Process(StepRun& run) {
  std::map<uint32_t, std::vector<std::string>> broken;  // By row.
  for (size_t i = 0; i < rules_.size(); ++i) {
    const Selection rows = FindBreaches(run, rules_[i]);
    if (rows.empty()) continue;
    breaches_[i].fetch_add(rows.size(), std::memory_order_relaxed);
    if (rules_[i].warn) {
      LogWarning(rules_[i], rows.size());
    } else {
      for (uint32_t row : rows) broken[row].push_back(rules_[i].name);
    }
  }
  for (const auto& [row, names] : broken) {
    run.failed().push_back(MakeError(row, names));
  }
  TakeOut(run.failed(), run.rows());
}

Selection ValidateOperator::FindBreaches(StepRun& run, const Rule& rule) {
  RowErrors errors;  // Their rows are kError, which no check passes.
  const ValueColumn& values =
      run.frame().Evaluate(rule.value, run.rows(), errors);
  Selection breaches;
  for (uint32_t row : run.rows()) {
    if (!rule.check->Passes(values, row)) breaches.push_back(row);
  }
  return breaches;
}

void ValidateOperator::LogWarning(const Rule& rule, size_t rows) {
  logger_.Warn("Events break a rule.",
               {{"rule", rule.name}, {"event_count", rows}});
}

std::vector<std::string> ValidateOperator::Report() const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < rules_.size(); ++i) {
    const uint64_t rows = breaches_[i].load(std::memory_order_relaxed);
    if (rows == 0) continue;
    lines.push_back(absl::StrFormat("rule '%s' (%s) broken by %d events",
                                    rules_[i].name,
                                    rules_[i].warn ? "warn" : "error", rows));
  }
  return lines;
}

}  // namespace phoenix
