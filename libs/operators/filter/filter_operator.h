#ifndef LIBS_OPERATORS_FILTER_FILTER_OPERATOR_H_
#define LIBS_OPERATORS_FILTER_FILTER_OPERATOR_H_

#include "libs/component/operator.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Lets the rows through for which a condition holds. Stateless: thread-safe
// without a lock.
class FilterOperator : public Operator {
 public:
  // `condition` is a rule of the rule set of every frame that comes.
  explicit FilterOperator(RuleId condition) : condition_(condition) {}

  // Rows for which the condition is false are filtered; rows for which it errs
  // fail.
  void Process(StepRun& run) override;

 private:
  const RuleId condition_;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_FILTER_FILTER_OPERATOR_H_
