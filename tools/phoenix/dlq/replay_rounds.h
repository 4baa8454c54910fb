#ifndef TOOLS_PHOENIX_DLQ_REPLAY_ROUNDS_H_
#define TOOLS_PHOENIX_DLQ_REPLAY_ROUNDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "tools/phoenix/dlq/letter_scan.h"

namespace phoenix {

// How replayed events go through the pipeline.
struct ReplayRoute {
  // Begin where each letter failed.
  bool from_failed = false;
  // Begin at this step, route or sink; empty: at the first step.
  std::string from_step = {};
  // Straight to this sink; empty: not.
  std::string to_sink = {};
};

// One run of a pipeline over some of the chosen letters.
struct ReplayRound {
  // Where they begin; empty: at the first step.
  std::string begin_at = {};
  // Not all chosen letters, but those that failed there and nowhere else, or,
  // when `begin_at` is empty, those that failed in several places.
  bool only = false;

  bool Includes(const StoredDeadLetter& stored) const;
};

// The rounds that it takes: one, or with `from_failed` one for each component
// in which chosen letters failed. An event that failed in several components
// (in two sinks of its route) begins at the first step: it has to reach both.
absl::StatusOr<std::vector<ReplayRound>> PlanRounds(const ReplayRoute& route,
                                                    LetterScan& scan);

// Makes a pipeline begin at its step, route or sink of that name. Steps before
// it that only compute are run all the same, since their result is what it
// takes; those that keep state have counted the events already, and are left
// out. At a sink, the others but the dead-letter sink are left out. NOT_FOUND:
// there is none of that name any more.
absl::Status BeginAt(const std::string& name, CompiledPipeline& pipeline);

// Makes `pipeline` what a round runs. Errors as of BeginAt and SendStraightTo.
absl::Status ApplyRoute(const ReplayRoute& route, const ReplayRound& round,
                        CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_REPLAY_ROUNDS_H_
