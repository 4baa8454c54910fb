#ifndef TOOLS_PHOENIX_OPEN_LOG_H_
#define TOOLS_PHOENIX_OPEN_LOG_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "libs/log/log.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// Opens the log of a pipeline; see Suite. Null: it has none.
using LogOpener = std::function<absl::StatusOr<std::unique_ptr<Log>>()>;

// Opens the log that the file of `pipeline` describes. Opening repairs what a
// crash left behind, and says what to run when it can't.
LogOpener LogOpenerOf(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_OPEN_LOG_H_
