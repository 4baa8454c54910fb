#include "tools/phoenix/past/open_past.h"

#include <cstdio>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/kafka/retained_topic.h"
#include "libs/log/retained/retained_files.h"
#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {
namespace {

absl::StatusOr<std::unique_ptr<RetainedLog>> OpenFiles(
    const CompiledPipeline& pipeline, const std::string& folder) {
  PHOENIX_ASSIGN_OR_RETURN(auto log, RetainedFiles::Open(folder));
  if (log->pipeline() == pipeline.name) return log;
  return absl::FailedPreconditionError(
      Cat("log folder '", folder, "' holds the log of pipeline '",
          log->pipeline(), "': expected that of '", pipeline.name, "'"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RetainedLog>> OpenPast(
    const CompiledPipeline& pipeline, const std::string& folder) {
  if (!folder.empty()) return OpenFiles(pipeline, folder);
  if (!pipeline.log.has_value()) {
    return absl::FailedPreconditionError(
        Cat("file '", pipeline.file,
            "' has no log, so nothing of the past is kept: expected a section "
            "'log' in it, or --log DIR"));
  }
  if (pipeline.log->kafka == nullptr) {
    return OpenFiles(pipeline, pipeline.log->path);
  }
  return RetainedTopic::Open(*pipeline.log->kafka);
}

absl::Status NothingRetained(const RetainedLog& log) {
  if (log.empty()) {
    return absl::NotFoundError(Cat(log.name(), " retains no event"));
  }
  return absl::NotFoundError(
      Cat("nothing retained in that window: ", log.name(), " has offsets ",
          log.DescribeExtents()));
}

std::string DescribeUnreadable(const RetainedLog& log, uint64_t stretches) {
  if (stretches == 0) return "";
  return Cat(stretches,
             " stretches of the log were deleted meanwhile or are damaged, and "
             "were passed over: ",
             log.advice());
}

int CantRead(const char* command, const absl::Status& status) {
  std::fprintf(stderr, "phoenix %s: %s\n", command,
               std::string(status.message()).c_str());
  return kExitNoInput;
}

}  // namespace phoenix
