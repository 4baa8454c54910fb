#include "tools/phoenix/cli/plan.h"

#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/base/text.h"
#include "tools/phoenix/cli/expressions.h"

namespace phoenix {
namespace {

using google::protobuf::Message;

const char* GuaranteeName(DeliveryGuarantee guarantee) {
  switch (guarantee) {
    case DeliveryGuarantee::kAtMostOnce:
      return "at most once";
    case DeliveryGuarantee::kAtLeastOnce:
      return "at least once";
    case DeliveryGuarantee::kIdempotent:
      return "at least once, a repeat overwrites itself";
    case DeliveryGuarantee::kExactlyOnce:
      return "exactly once";
  }
  return "";
}

// Null for a type that is not linked in.
std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          url.substr(url.rfind('/') + 1));
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(type)
          ->New());
  message->ParseFromString(any.value());
  return message;
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
    PlanBuffers();
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
  }

  void PlanSteps() {
    for (size_t i = 0; i < compiled_.steps.size(); ++i) {
      const CompiledStep& step = compiled_.steps[i];
      const auto config =
          Unpack(loaded_.message.steps(static_cast<int>(i)).config());
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
    for (const CompiledSource& source : compiled_.sources) {
      for (const CompiledSink& sink : compiled_.sinks) {
        plan_.paths.push_back(
            {source.name, sink.name, GuaranteeName(sink.sink->guarantee())});
      }
    }
  }

  void PlanBuffers() {
    plan_.buffers.push_back(
        {"events in flight", compiled_.limits.buffer_bytes});
    for (const CompiledSink& sink : compiled_.sinks) {
      const auto held = static_cast<int64_t>(sink.sink->max_memory_bytes());
      plan_.buffers.push_back(
          {Cat("sink ", sink.name), compiled_.limits.sink_queue_bytes + held});
    }
    plan_.memory_bound_bytes = compiled_.MemoryBoundBytes();
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
