#ifndef TOOLS_PHOENIX_CLI_PLAN_H_
#define TOOLS_PHOENIX_CLI_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/component/registry.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/load_pipeline.h"
#include "libs/pipeline/memory_bound.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// One rule of a pipeline: where it stands and how it runs.
struct PlannedRule {
  SourcePosition position;
  std::string owner;  // The step or route.
  RulePlan plan;
  std::string on_error;  // What happens to events on which it fails; empty:
                         // it can't.
};

// What is likely a mistake, and does not keep the pipeline from running.
struct PlannedWarning {
  SourcePosition position;
  std::string message;
};

// A way from a source to a sink.
struct PlannedPath {
  std::string source;
  std::string sink;
  std::string guarantee;
  std::vector<std::string> limits;  // Why it is less than the sink can give.
};

// What `phoenix check` tells of a pipeline: how it will run.
struct PipelinePlan {
  std::vector<std::string> payload_paths;  // Fetched by one pass, sorted.
  std::vector<PlannedRule> rules;
  std::vector<PlannedWarning> warnings;
  std::string acknowledged;  // When events are: "when ...".
  std::vector<PlannedPath> paths;
  std::vector<MemoryPart> memory;
  int64_t memory_bound_bytes = 0;  // Their sum.
};

PipelinePlan PlanPipeline(const LoadedPipeline& loaded,
                          const CompiledPipeline& compiled);

// The plan for people.
std::string PlanToText(const CompiledPipeline& compiled,
                       const PipelinePlan& plan);

// The plan for programs.
std::string PlanToJson(const CompiledPipeline& compiled,
                       const PipelinePlan& plan);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_PLAN_H_
