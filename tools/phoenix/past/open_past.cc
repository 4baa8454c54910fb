#include "tools/phoenix/past/open_past.h"

#include <cstdio>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {
namespace {

absl::StatusOr<std::string> FolderOf(const CompiledPipeline& pipeline,
                                     const std::string& folder) {
  if (!folder.empty()) return folder;
  if (pipeline.log.has_value() && pipeline.log->kafka != nullptr) {
    return absl::FailedPreconditionError(
        Cat("file '", pipeline.file,
            "' has its log in Kafka, of which the past is not read here: "
            "expected a log in files, or --log DIR"));
  }
  if (pipeline.log.has_value()) return pipeline.log->path;
  return absl::FailedPreconditionError(
      Cat("file '", pipeline.file,
          "' has no log, so nothing of the past is kept: expected a section "
          "'log' in it, or --log DIR"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RetainedLog>> OpenPast(
    const CompiledPipeline& pipeline, const std::string& folder) {
  PHOENIX_ASSIGN_OR_RETURN(const std::string path, FolderOf(pipeline, folder));
  PHOENIX_ASSIGN_OR_RETURN(auto log, RetainedLog::Open(path));
  if (log->pipeline() != pipeline.name) {
    return absl::FailedPreconditionError(
        Cat("log folder '", path, "' holds the log of pipeline '",
            log->pipeline(), "': expected that of '", pipeline.name, "'"));
  }
  return log;
}

absl::Status NothingRetained(const RetainedLog& log) {
  if (log.empty()) {
    return absl::NotFoundError(
        Cat("log folder '", log.folder(), "' retains no event"));
  }
  return absl::NotFoundError(
      Cat("nothing retained in that window: log folder '", log.folder(),
          "' has offsets ", log.first_offset(), " to ", log.end_offset() - 1));
}

std::string DescribeUnreadable(const RetainedLog& log,
                               const RetainedReader& reader) {
  const uint64_t stretches = reader.unreadable_stretches();
  if (stretches == 0) return "";
  return Cat(stretches,
             " stretches of the log were deleted meanwhile or are damaged, and "
             "were passed over: see `phoenix log check ",
             log.folder(), "`");
}

int CantRead(const char* command, const absl::Status& status) {
  std::fprintf(stderr, "phoenix %s: %s\n", command,
               std::string(status.message()).c_str());
  return kExitNoInput;
}

}  // namespace phoenix
