#ifndef LIBS_PIPELINE_COMPILE_LOG_H_
#define LIBS_PIPELINE_COMPILE_LOG_H_

#include <cstdint>
#include <optional>

#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"
#include "libs/pipeline/pipeline_log.h"
#include "libs/pipeline/sink_queue.h"

namespace phoenix {

namespace pipeline::v1 {
class SinkQueue;
}  // namespace pipeline::v1

// The log that a pipeline file asks for; none if it does not. What is wrong
// with it is added to `diagnostics`.
std::optional<PipelineLog> CompileLog(const LoadedPipeline& loaded,
                                      Diagnostics& diagnostics);

// The queue that a sink of the file asks for; `default_bytes` of memory where
// it does not say.
SinkQueueLimits CompileSinkQueue(const pipeline::v1::SinkQueue& queue,
                                 int64_t default_bytes);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_COMPILE_LOG_H_
