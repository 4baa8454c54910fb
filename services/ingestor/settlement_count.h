#ifndef SERVICES_INGESTOR_SETTLEMENT_COUNT_H_
#define SERVICES_INGESTOR_SETTLEMENT_COUNT_H_

#include "libs/event/outcome.h"
#include "libs/telemetry/pipeline_metrics.h"

namespace phoenix {

// Counts the outcomes of a whole batch in the pipeline's ledger.
void CountSettled(const BatchOutcome& outcome, PipelineMetrics& metrics);

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_SETTLEMENT_COUNT_H_
