#ifndef TOOLS_PHOENIX_PAST_OPEN_PAST_H_
#define TOOLS_PHOENIX_PAST_OPEN_PAST_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/retained/retained_log.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// What the log of a pipeline has kept: that in `folder`, or, when it is empty,
// that of the pipeline's file, in files or in Kafka. Errors say what to write
// where: FAILED_PRECONDITION when there is no log in the file or it is that of
// another pipeline, and those of RetainedFiles::Open and RetainedTopic::Open.
absl::StatusOr<std::unique_ptr<RetainedLog>> OpenPast(
    const CompiledPipeline& pipeline, const std::string& folder);

// That nothing of `log` is in the range that was asked for, with what is there.
absl::Status NothingRetained(const RetainedLog& log);

// What reading has passed over, so many stretches, for people; empty: nothing.
std::string DescribeUnreadable(const RetainedLog& log, uint64_t stretches);

// Prints what keeps a command from its work, and returns kExitNoInput.
int CantRead(const char* command, const absl::Status& status);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_OPEN_PAST_H_
