#include "libs/operators/map/map_operator.h"

#include "libs/component/step_rows.h"

namespace phoenix {

void MapOperator::Process(StepRun& run) {
  run.frame().Apply(edits_, run.rows(), run.failed());
  SortFailures(run.failed());
  TakeOut(run.failed(), run.rows());
}

}  // namespace phoenix
