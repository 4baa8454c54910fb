#ifndef TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_OPERATOR_H_
#define TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_OPERATOR_H_

#include <cstddef>

#include "libs/component/operator.h"

namespace phoenix {

// Drops rows whose payload is larger than a limit. Stateless: thread-safe
// without a lock.
class SampleOperator : public Operator {
 public:
  explicit SampleOperator(size_t max_bytes) : max_bytes_(max_bytes) {}

  void Process(StepRun& run) override;

 private:
  const size_t max_bytes_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_OPERATOR_H_
