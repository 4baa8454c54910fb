#ifndef TOOLS_PHOENIX_PAST_REHEARSAL_H_
#define TOOLS_PHOENIX_PAST_REHEARSAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/log/log.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "tools/phoenix/past/replay_choice.h"

namespace phoenix {

// What a replay would do.
struct RehearsalCounts {
  uint64_t chosen = 0;
  uint64_t filtered = 0;
  uint64_t failed = 0;
  std::vector<uint64_t> delivered;  // By sink of the pipeline.
};

// Runs what `reader` gives and `choice` lets through the pipeline, to its end,
// and adds it to `counts`; delivers nothing.
absl::Status Rehearse(LogReader& reader, ReplayChoice& choice,
                      const CompiledPipeline& pipeline, Clock& clock,
                      RehearsalCounts& counts);

// The counts, for people.
std::string RehearsalText(const RehearsalCounts& counts,
                          const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_REHEARSAL_H_
