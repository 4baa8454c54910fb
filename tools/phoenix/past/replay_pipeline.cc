#include "tools/phoenix/past/replay_pipeline.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"

namespace phoenix {

void KeepQueuesInMemory(CompiledPipeline& pipeline) {
  for (CompiledSink& sink : pipeline.sinks) {
    sink.queue = {.bytes = sink.queue.bytes};
  }
}

void PrepareReplay(std::shared_ptr<ReplayChoice> choice,
                   CompiledPipeline& pipeline) {
  pipeline.sources.clear();
  KeepQueuesInMemory(pipeline);
  CompiledStep step;
  step.name = "replay";
  step.kind = "replay";
  step.op = std::make_unique<ReplayChoiceStep>(std::move(choice));
  pipeline.steps.insert(pipeline.steps.begin(), std::move(step));
}

absl::Status SendOnlyTo(const std::string& name, CompiledPipeline& pipeline) {
  std::vector<CompiledSink> kept;
  std::vector<std::string> names;
  size_t dead_letter = 0;
  bool found = false;
  for (size_t i = 0; i < pipeline.sinks.size(); ++i) {
    CompiledSink& sink = pipeline.sinks[i];
    names.push_back(sink.name);
    const bool is_target = sink.name == name;
    if (is_target) found = true;
    if (i == pipeline.dead_letter) dead_letter = kept.size();
    if (is_target || i == pipeline.dead_letter) kept.push_back(std::move(sink));
  }
  if (!found) {
    return absl::NotFoundError(Cat(
        "sink '", name, "' is not in '", pipeline.file, "': expected one of ",
        absl::StrJoin(names, ", "), DidYouMean(name, names)));
  }
  CompiledRoute route;
  route.name = "replay";
  route.sinks = {kept[0].name == name ? size_t{0} : size_t{1}};
  pipeline.sinks = std::move(kept);
  pipeline.dead_letter = dead_letter;
  pipeline.routes.clear();
  pipeline.routes.push_back(std::move(route));
  return absl::OkStatus();
}

absl::Status SendStraightTo(const std::string& name,
                            CompiledPipeline& pipeline) {
  const absl::Status sent = SendOnlyTo(name, pipeline);
  if (sent.ok()) pipeline.steps.clear();
  return sent;
}

}  // namespace phoenix
