#ifndef TOOLS_PHOENIX_LEFTOVER_QUEUES_H_
#define TOOLS_PHOENIX_LEFTOVER_QUEUES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// The folders with the queue of a sink of this pipeline that its file does not
// name any more, each as a line that says what is in it and what to do: those
// that are noted, and those that lie in the working directory, beside the log,
// or beside another queue's folder, or one level further down. Nothing is
// changed.
std::vector<std::string> LeftoverQueues(const CompiledPipeline& pipeline);

// Notes the folders of the pipeline's queues, those left over too, in the
// folder of its log and in each of theirs: so LeftoverQueues finds them
// wherever they are as long as the file names one of them, or the log. Call it
// once these are open. The first error of writing; the rest is written.
absl::Status NoteQueues(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_LEFTOVER_QUEUES_H_
