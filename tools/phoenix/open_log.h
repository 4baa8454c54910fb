#ifndef TOOLS_PHOENIX_OPEN_LOG_H_
#define TOOLS_PHOENIX_OPEN_LOG_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/log/log.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// Opens the log of a pipeline; see Suite. Null: it has none.
using LogOpener = std::function<absl::StatusOr<std::unique_ptr<Log>>()>;

// Opens the log that the file of `pipeline` describes. Opening repairs what a
// crash left behind, and says what to run when it can't.
LogOpener LogOpenerOf(const CompiledPipeline& pipeline);

// Opens the log of a sink's queue that goes on on disk. It belongs to
// SinkLogName(pipeline, sink.name), and keeps the identities that batches have.
absl::StatusOr<std::unique_ptr<Log>> OpenSinkLog(const std::string& pipeline,
                                                 const CompiledSink& sink);

// Whose log the queue of a sink is: no pipeline's, as those have no `/`.
std::string SinkLogName(std::string_view pipeline, std::string_view sink);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_OPEN_LOG_H_
