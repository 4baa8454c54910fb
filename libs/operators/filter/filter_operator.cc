#include "libs/operators/filter/filter_operator.h"

namespace phoenix {

void FilterOperator::Process(StepRun& run) {
  run.frame().Test(condition_, run.rows(), run.rows(), run.filtered(),
                   run.failed());
}

}  // namespace phoenix
