#ifndef TOOLS_PHOENIX_PAST_REPLAY_PIPELINE_H_
#define TOOLS_PHOENIX_PAST_REPLAY_PIPELINE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "tools/phoenix/past/replay_choice.h"

namespace phoenix {

// Makes the sinks of a pipeline do without their queues on disk, and wait when
// those in memory are full: queues on disk belong to the pipeline that runs, a
// replay can wait, and what it says of an event is to be final.
void KeepQueuesInMemory(CompiledPipeline& pipeline);

// Makes of a pipeline one that replays: without sources, with the choice as its
// first step, named `replay`.
void PrepareReplay(std::shared_ptr<ReplayChoice> choice,
                   CompiledPipeline& pipeline);

// Makes everything that passes the steps go to the sink `name`, past the
// routes; of the other sinks only the dead-letter sink stays. NOT_FOUND, with
// those that there are, when there is no such sink.
absl::Status SendOnlyTo(const std::string& name, CompiledPipeline& pipeline);

// The same past the steps too.
absl::Status SendStraightTo(const std::string& name,
                            CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_REPLAY_PIPELINE_H_
