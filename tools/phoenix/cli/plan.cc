#include "tools/phoenix/cli/plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "libs/base/text.h"
#include "libs/pipeline/component_config.h"
#include "libs/pipeline/path_guarantee.h"

namespace phoenix {
namespace {

std::string_view Having(Durability durability) {
  switch (durability) {
    case Durability::kReplicated:
      return " has them replicated";
    case Durability::kDisk:
      return " has them on disk";
    default:
      return " has given them to the operating system";
  }
}

// The weakest that holds: what the log has let go a queue has.
std::string AcknowledgedWhen(const CompiledPipeline& pipeline) {
  const auto queues = WeakestQueue(pipeline);
  if (!pipeline.log.has_value()) {
    std::string when = "when every sink on their route has them";
    if (queues) CatTo(when, ", or its queue", Having(*queues));
    return when;
  }
  std::string when = Cat("when the log", Having(pipeline.log->durability));
  if (queues && *queues < pipeline.log->durability) {
    CatTo(when, ", or the queue of a sink", Having(*queues));
  }
  return when;
}

class Planner {
 public:
  Planner(const LoadedPipeline& loaded, const CompiledPipeline& compiled)
      : loaded_(loaded), compiled_(compiled) {
    for (RulePlan& rule : DescribeRules(*compiled.rules)) {
      paths_.insert(rule.paths.begin(), rule.paths.end());
      by_text_.emplace(rule.text, std::move(rule));
    }
  }

  PipelinePlan Run() {
    PlanSteps();
    PlanRoutes();
    PlanDeliveries();
    PlanMemory();
    plan_.payload_paths = {paths_.begin(), paths_.end()};
    return std::move(plan_);
  }

 private:
  // Rules of the same text run alike, so that the text finds its plan.
  void AddRule(const std::string& text, const std::string& path,
               const std::string& owner, std::string_view on_error) {
    auto it = by_text_.find(text);
    if (it == by_text_.end()) return;
    plan_.rules.push_back({loaded_.positions.FindNearest(path), owner,
                           it->second,
                           it->second.can_fail ? std::string(on_error) : ""});
    for (const RuleError& warning : it->second.warnings) {
      plan_.warnings.push_back(
          {loaded_.positions.FindNearest(path, warning.offset),
           warning.message});
    }
  }

  void PlanSteps() {
    for (size_t i = 0; i < compiled_.steps.size(); ++i) {
      const CompiledStep& step = compiled_.steps[i];
      const auto config =
          UnpackConfig(loaded_.message.steps(static_cast<int>(i)).config());
      if (config == nullptr) continue;
      for (const ConfigExpression& found : ExpressionsOf(*config)) {
        AddRule(found.text, Cat("steps[", i, "].config.", found.path),
                step.name, OnErrorName(step.on_error));
      }
    }
  }

  void PlanRoutes() {
    for (int i = 0; i < loaded_.message.routes_size(); ++i) {
      const auto& route = loaded_.message.routes(i);
      if (route.when().empty()) continue;
      AddRule(route.when(), Cat("routes[", i, "].when"), route.name(),
              OnErrorName(OnError::kDeadLetter));
    }
  }

  void PlanDeliveries() {
    plan_.acknowledged = AcknowledgedWhen(compiled_);
    for (const CompiledSource& source : compiled_.sources) {
      for (size_t i = 0; i < compiled_.sinks.size(); ++i) {
        plan_.paths.push_back(PlanDelivery(source, i));
      }
    }
  }

  PlannedPath PlanDelivery(const CompiledSource& source, size_t index) const {
    const CompiledSink& sink = compiled_.sinks[index];
    const PathGuarantee path = GuaranteeOf(compiled_, index);
    PlannedPath planned{source.name,
                        sink.name,
                        Cat(GuaranteeName(path.guarantee),
                            sink.sink->keeps_order() ? "" : ", in any order"),
                        {}};
    if (path.guarantee == sink.sink->guarantee()) return planned;
    for (const GuaranteeLimit& limit : path.limits) {
      planned.limits.push_back(limit.what);
    }
    return planned;
  }

  void PlanMemory() {
    const int configured = compiled_.limits.lane_count;
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    plan_.memory = MemoryParts(
        compiled_, configured > 0 ? configured : static_cast<int>(cores));
    plan_.memory_bound_bytes = MemoryBoundBytes(plan_.memory);
  }

  const LoadedPipeline& loaded_;
  const CompiledPipeline& compiled_;
  std::map<std::string, RulePlan> by_text_;
  std::set<std::string> paths_;
  PipelinePlan plan_;
};

}  // namespace

PipelinePlan PlanPipeline(const LoadedPipeline& loaded,
                          const CompiledPipeline& compiled) {
  return Planner(loaded, compiled).Run();
}

}  // namespace phoenix
