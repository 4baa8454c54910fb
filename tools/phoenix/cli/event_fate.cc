#include "tools/phoenix/cli/event_fate.h"

#include <algorithm>

#include "libs/engine/route_table.h"
#include "libs/engine/step_chain.h"
#include "libs/event/selection.h"
#include "libs/rules/frame.h"

namespace phoenix {
namespace {

void SetFailed(EventFate::Kind kind, const std::string& where,
               const absl::Status& status, EventFate& fate) {
  fate.kind = kind;
  fate.where = where;
  fate.error = std::string(status.message());
}

void TakeSteps(const CompiledPipeline& pipeline, const StepsResult& steps,
               std::vector<EventFate>& fates) {
  for (size_t i = 0; i < steps.filtered.size(); ++i) {
    for (uint32_t row : steps.filtered[i]) {
      fates[row].kind = EventFate::Kind::kFiltered;
      fates[row].where = pipeline.steps[i].name;
    }
  }
  for (const StepFailure& failure : steps.dead) {
    SetFailed(EventFate::Kind::kFailed, pipeline.steps[failure.step].name,
              failure.status, fates[failure.row]);
  }
  for (const StepFailure& failure : steps.dropped) {
    SetFailed(EventFate::Kind::kDropped, pipeline.steps[failure.step].name,
              failure.status, fates[failure.row]);
  }
}

void TakeRoutes(const CompiledPipeline& pipeline, const RoutesResult& routes,
                const EventBatch& batch, std::vector<EventFate>& fates) {
  for (size_t i = 0; i < routes.by_sink.size(); ++i) {
    for (uint32_t row : routes.by_sink[i]) {
      fates[row].sinks.push_back(pipeline.sinks[i].name);
      fates[row].payload = std::string(batch.payload(row));
    }
  }
  for (const RouteFailure& failure : routes.failed) {
    SetFailed(EventFate::Kind::kFailed, pipeline.routes[failure.route].name,
              failure.status, fates[failure.row]);
  }
  for (EventFate& fate : fates) {
    std::sort(fate.sinks.begin(), fate.sinks.end());
  }
}

}  // namespace

std::vector<EventFate> RunBatch(const CompiledPipeline& pipeline,
                                const EventBatchPtr& batch, Clock& clock) {
  std::vector<EventFate> fates(batch->size());
  Frame frame(pipeline.rules);
  frame.Reset(batch);
  StepsResult steps;
  SelectAll(batch->size(), steps.rows);
  StepChain(pipeline.steps, /*observer=*/nullptr, clock).Run(frame, 0, steps);
  TakeSteps(pipeline, steps, fates);
  RoutesResult routes;
  RouteTable(pipeline.routes, pipeline.sinks.size())
      .Run(frame, steps.rows, routes);
  TakeRoutes(pipeline, routes, *frame.batch(), fates);
  return fates;
}

}  // namespace phoenix
