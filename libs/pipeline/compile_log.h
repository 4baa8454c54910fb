#ifndef LIBS_PIPELINE_COMPILE_LOG_H_
#define LIBS_PIPELINE_COMPILE_LOG_H_

#include <optional>

#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"
#include "libs/pipeline/pipeline_log.h"

namespace phoenix {

// The log that a pipeline file asks for; none if it does not. What is wrong
// with it is added to `diagnostics`.
std::optional<PipelineLog> CompileLog(const LoadedPipeline& loaded,
                                      Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_COMPILE_LOG_H_
