#include "tools/phoenix/templates/operator/sample_operator.h"

#include <utility>

namespace phoenix {

void SampleOperator::Process(StepRun& run) {
  Selection kept;
  kept.reserve(run.rows().size());
  for (uint32_t row : run.rows()) {
    const bool small = run.batch()->payload(row).size() <= max_bytes_;
    (small ? kept : run.filtered()).push_back(row);
  }
  run.rows() = std::move(kept);
}

}  // namespace phoenix
