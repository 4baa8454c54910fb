#ifndef TOOLS_PHOENIX_CLI_EVENT_FATE_H_
#define TOOLS_PHOENIX_CLI_EVENT_FATE_H_

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/event/event_batch.h"
#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// What the steps and routes of a pipeline made of one event.
struct EventFate {
  // kDropped: failed at a step that drops what fails.
  enum class Kind { kRouted, kFiltered, kFailed, kDropped };

  Kind kind = Kind::kRouted;
  std::string where;               // The step or route; empty: the routes.
  std::string error;               // Of kFailed and kDropped.
  std::vector<std::string> sinks;  // Of kRouted, sorted; none: no route.
  std::string payload;             // Of kRouted, after the steps.
};

// Runs a batch through the steps and routes on this thread; one fate a row.
std::vector<EventFate> RunBatch(const CompiledPipeline& pipeline,
                                const EventBatchPtr& batch, Clock& clock);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_EVENT_FATE_H_
