#include "tools/phoenix/dlq/replay_rounds.h"

#include <algorithm>
#include <set>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/dlq/letter_source.h"
#include "tools/phoenix/past/replay_pipeline.h"

namespace phoenix {
namespace {

template <typename List>
bool Has(const List& list, const std::string& name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& item) { return item.name == name; });
}

// Where a letter of its own round begins; empty: at the first step.
std::string PlaceOf(const StoredDeadLetter& stored) {
  const bool is_known = stored.component_count == 1 && IsReplayable(stored);
  return is_known ? stored.letter.component : "";
}

// Removes the steps that keep state, of the first `count`.
void ForgetState(size_t count, CompiledPipeline& pipeline) {
  size_t index = 0;
  std::erase_if(pipeline.steps, [&](const CompiledStep& step) {
    return index++ < count && step.op->keeps_state();
  });
}

absl::Status NoSuchPlace(const std::string& name,
                         const CompiledPipeline& pipeline) {
  std::vector<std::string> names;
  for (const CompiledStep& step : pipeline.steps) names.push_back(step.name);
  for (const CompiledRoute& route : pipeline.routes) {
    names.push_back(route.name);
  }
  for (const CompiledSink& sink : pipeline.sinks) names.push_back(sink.name);
  return absl::NotFoundError(Cat("'", name, "' is no step, route or sink of '",
                                 pipeline.file, "'", DidYouMean(name, names)));
}

}  // namespace

bool ReplayRound::Includes(const StoredDeadLetter& stored) const {
  return !only || PlaceOf(stored) == begin_at;
}

absl::StatusOr<std::vector<ReplayRound>> PlanRounds(const ReplayRoute& route,
                                                    LetterScan& scan) {
  if (!route.from_failed) {
    return std::vector<ReplayRound>{
        {.begin_at = route.from_step, .only = false}};
  }
  std::set<std::string> places;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto letters, scan.Next());
    if (letters.empty()) break;
    for (const StoredDeadLetter& stored : letters) {
      places.insert(PlaceOf(stored));
    }
  }
  std::vector<ReplayRound> rounds;
  for (const std::string& place : places) {
    rounds.push_back({.begin_at = place, .only = true});
  }
  return rounds;
}

absl::Status BeginAt(const std::string& name, CompiledPipeline& pipeline) {
  const size_t all = pipeline.steps.size();
  for (size_t i = 0; i < all; ++i) {
    if (pipeline.steps[i].name != name) continue;
    ForgetState(i, pipeline);
    return absl::OkStatus();
  }
  const bool is_sink = Has(pipeline.sinks, name);
  if (!is_sink && !Has(pipeline.routes, name)) {
    return NoSuchPlace(name, pipeline);
  }
  ForgetState(all, pipeline);
  return is_sink ? SendOnlyTo(name, pipeline) : absl::OkStatus();
}

// The pipeline may have changed since letters failed.
absl::Status ApplyRoute(const ReplayRoute& route, const ReplayRound& round,
                        CompiledPipeline& pipeline) {
  if (!route.to_sink.empty()) return SendStraightTo(route.to_sink, pipeline);
  if (round.begin_at.empty()) return absl::OkStatus();
  absl::Status begun = BeginAt(round.begin_at, pipeline);
  if (!absl::IsNotFound(begun) || !round.only) return begun;
  return absl::NotFoundError(
      Cat(FromAbsl(begun.message()),
          " any more, and dead letters have failed there: say where they are "
          "to begin by --from-step=NAME, or leave --from-step out; choose them "
          "by --where 'component == \"",
          round.begin_at, "\"'"));
}

}  // namespace phoenix
