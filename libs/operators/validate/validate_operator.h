#ifndef LIBS_OPERATORS_VALIDATE_VALIDATE_OPERATOR_H_
#define LIBS_OPERATORS_VALIDATE_VALIDATE_OPERATOR_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libs/component/operator.h"
#include "libs/operators/validate/value_check.h"
#include "libs/rules/rule_set.h"
#include "libs/telemetry/log.h"

namespace phoenix {

// Checks rows by named rules. Thread-safe: what it counts is atomic, and added
// to once a batch and rule.
class ValidateOperator : public Operator {
 public:
  struct Rule {
    std::string name;
    std::string place;  // Where it was written: `shop.yaml:14`.
    std::string text;   // Of `value`, as it was written.
    bool warn = false;  // A row that breaks it goes on.
    RuleId value;       // What is checked.
    std::unique_ptr<const ValueCheck> check;
  };

  // `logger` tells of warnings, at the rate that loggers allow.
  ValidateOperator(std::vector<Rule> rules, Logger logger);

  // A row that breaks rules of which one is not `warn` fails; the error says of
  // each that is not `warn` its name and place, the value and what was
  // expected. A value that can't be computed breaks its rule.
  void Process(StepRun& run) override;

  // A line for each rule that was broken, with the number of rows.
  std::vector<std::string> Report() const override;

 private:
  // What each row breaks, in words, by row.
  using Breaches = std::map<uint32_t, std::vector<std::string>>;

  // Counts the rows that break the rule, and adds them to `breaches`.
  void Check(StepRun& run, size_t index, Breaches& breaches);
  void LogWarning(const Rule& rule, size_t rows);

  const std::vector<Rule> rules_;
  std::vector<std::atomic<uint64_t>> breaches_;  // Rows; of each rule.
  const Logger logger_;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_VALIDATE_VALIDATE_OPERATOR_H_
