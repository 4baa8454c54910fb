#ifndef TOOLS_PHOENIX_LEFTOVER_QUEUES_H_
#define TOOLS_PHOENIX_LEFTOVER_QUEUES_H_

#include <string>
#include <vector>

#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// The folders with the queue of a sink of this pipeline that its file does not
// name any more, each as a line that says what is in it and what to do. Looked
// for beside the folders that the file names, and in the working directory;
// nothing is changed.
std::vector<std::string> LeftoverQueues(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_LEFTOVER_QUEUES_H_
