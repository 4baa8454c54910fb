#include "libs/pipeline/path_guarantee.h"

#include <optional>
#include <utility>

#include "libs/base/text.h"
#include "libs/pipeline/sink_queue.h"

namespace phoenix {
namespace {

bool LogForgets(const CompiledPipeline& pipeline) {
  return pipeline.log.has_value() &&
         pipeline.log->when_full == FullPolicy::kDropOldest;
}

bool QueueForgets(const CompiledSink& sink) {
  return sink.queue.when_full == FullQueue::kDropNewest ||
         sink.queue.when_full == FullQueue::kDropOldest;
}

std::optional<GuaranteeLimit> SinkLimit(const CompiledSink& sink) {
  const DeliveryGuarantee given = sink.sink->guarantee();
  if (given == DeliveryGuarantee::kExactlyOnce) return std::nullopt;
  const bool keeps = given > DeliveryGuarantee::kAtMostOnce;
  return GuaranteeLimit{given,
                        Cat("'", sink.kind, "' as it is configured gives '",
                            GuaranteeName(given), "'"),
                        keeps ? "a sink that records which events it has"
                              : "a sink that keeps its events",
                        sink.position};
}

// What leaves some events that reach the sink without an identity.
std::vector<GuaranteeLimit> IdentityLimits(const CompiledPipeline& pipeline,
                                           size_t sink) {
  constexpr DeliveryGuarantee kMost = DeliveryGuarantee::kAtLeastOnce;
  std::vector<GuaranteeLimit> limits;
  if (!pipeline.log.has_value()) {
    limits.push_back({kMost,
                      "there is no 'log', by which events are known again",
                      "one",
                      {}});
  }
  for (const CompiledStep& step : pipeline.steps) {
    if (!step.op->makes_events()) continue;
    limits.push_back({kMost,
                      Cat("step '", step.name, "' makes events of its own"),
                      "no step that does", step.position});
  }
  if (sink == pipeline.dead_letter) {
    limits.push_back({kMost,
                      "it takes dead letters, which are made anew",
                      "another 'dead_letter'",
                      {}});
  }
  return limits;
}

DeliveryGuarantee Lowered(DeliveryGuarantee given, bool lacks_identity,
                          bool forgets) {
  if (given == DeliveryGuarantee::kExactlyOnce) {
    if (forgets && !lacks_identity) return DeliveryGuarantee::kAtMostOnce;
    if (lacks_identity) given = DeliveryGuarantee::kAtLeastOnce;
  }
  if (!forgets || given == DeliveryGuarantee::kAtMostOnce) return given;
  return DeliveryGuarantee::kNone;
}

}  // namespace

PathGuarantee GuaranteeOf(const CompiledPipeline& pipeline, size_t sink) {
  const CompiledSink& to = pipeline.sinks[sink];
  const bool forgets = LogForgets(pipeline) || QueueForgets(to);
  PathGuarantee path;
  path.limits = IdentityLimits(pipeline, sink);
  path.guarantee = Lowered(to.sink->guarantee(), !path.limits.empty(), forgets);
  if (auto limit = SinkLimit(to)) {
    path.limits.insert(path.limits.begin(), *std::move(limit));
  }
  if (QueueForgets(to)) {
    path.limits.push_back(
        {DeliveryGuarantee::kAtMostOnce,
         Cat("the queue of '", to.name, "' drops events when it is full"),
         "'when_full: block'", to.position});
  }
  if (LogForgets(pipeline)) {
    path.limits.push_back({DeliveryGuarantee::kAtMostOnce,
                           "the log gives up its oldest events when it is full",
                           "'when_full: block'",
                           {}});
  }
  return path;
}

std::string_view GuaranteeName(DeliveryGuarantee guarantee) {
  switch (guarantee) {
    case DeliveryGuarantee::kNone:
      return "none";
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

}  // namespace phoenix
