#ifndef LIBS_OPERATORS_MAP_MAP_OPERATOR_H_
#define LIBS_OPERATORS_MAP_MAP_OPERATOR_H_

#include "libs/component/operator.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Applies edits to payloads. Stateless: thread-safe without a lock.
class MapOperator : public Operator {
 public:
  // `edits` belong to the rule set of every frame that comes.
  explicit MapOperator(EditId edits) : edits_(edits) {}

  // Rows for which an edit errs fail, with their payload as it was.
  void Process(StepRun& run) override;

 private:
  const EditId edits_;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_MAP_MAP_OPERATOR_H_
