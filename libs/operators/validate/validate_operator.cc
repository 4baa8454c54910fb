#include "libs/operators/validate/validate_operator.h"

#include <unordered_map>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "libs/base/text.h"
#include "libs/component/step_rows.h"
#include "libs/operators/validate/breach_text.h"

namespace phoenix {
namespace {

// Why values could not be computed, by row.
class Reasons {
 public:
  explicit Reasons(const RowErrors& errors) {
    for (const RowError& error : errors) by_row_.emplace(error.row, &error);
  }
  absl::Status Of(uint32_t row) const {
    const auto found = by_row_.find(row);
    return found == by_row_.end() ? absl::OkStatus() : found->second->status;
  }

 private:
  std::unordered_map<uint32_t, const RowError*> by_row_;
};

std::string DescribeBreach(const ValidateOperator::Rule& rule,
                           const std::string& value) {
  return Cat("rule '", rule.name, "' (", rule.place, "): '", Shorten(rule.text),
             "' ", value, ", expected ", rule.check->Expected());
}

}  // namespace

ValidateOperator::ValidateOperator(std::vector<Rule> rules, Logger logger)
    : rules_(std::move(rules)),
      breaches_(rules_.size()),
      logger_(std::move(logger)) {}

void ValidateOperator::Process(StepRun& run) {
  Breaches breaches;
  for (size_t i = 0; i < rules_.size(); ++i) Check(run, i, breaches);
  for (const auto& [row, texts] : breaches) {
    run.failed().push_back(
        {row, absl::InvalidArgumentError(
                  Cat("event breaks ", absl::StrJoin(texts, "; ")))});
  }
  TakeOut(run.failed(), run.rows());
}

void ValidateOperator::Check(StepRun& run, size_t index, Breaches& breaches) {
  const Rule& rule = rules_[index];
  RowErrors errors;  // Their rows are kError, which no check passes.
  const ValueColumn& values =
      run.frame().Evaluate(rule.value, run.rows(), errors);
  const Reasons reasons(errors);
  size_t rows = 0;
  for (uint32_t row : run.rows()) {
    if (rule.check->Passes(values, row)) continue;
    ++rows;
    if (rule.warn) continue;
    breaches[row].push_back(
        DescribeBreach(rule, DescribeValue(values, row, reasons.Of(row))));
  }
  if (rows == 0) return;
  breaches_[index].fetch_add(rows, std::memory_order_relaxed);
  if (rule.warn) LogWarning(rule, rows);
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
