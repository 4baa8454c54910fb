#include "libs/telemetry/component_metrics.h"

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

MetricLabels LabelsOf(const ComponentId& id) {
  return {{label::kComponentKind, std::string(ComponentKindName(id.kind))},
          {label::kComponentType, id.type},
          {label::kComponentName, id.name}};
}

Counter DiscardedCounter(MetricsRegistry& registry, const ComponentId& id,
                         bool intentional) {
  MetricLabels labels = LabelsOf(id);
  labels[label::kIntentional] = intentional ? "true" : "false";
  return registry.AddCounter(metric::kComponentDiscardedEvents, labels);
}

}  // namespace

ComponentMetrics::ComponentMetrics(MetricsRegistry& registry,
                                   const ComponentId& id)
    : registry_(registry),
      id_(id),
      received_events_(
          registry.AddCounter(metric::kComponentReceivedEvents, LabelsOf(id))),
      received_bytes_(
          registry.AddCounter(metric::kComponentReceivedBytes, LabelsOf(id))),
      sent_events_(
          registry.AddCounter(metric::kComponentSentEvents, LabelsOf(id))),
      sent_bytes_(
          registry.AddCounter(metric::kComponentSentBytes, LabelsOf(id))),
      discarded_intentionally_(DiscardedCounter(registry, id, true)),
      discarded_unintentionally_(DiscardedCounter(registry, id, false)),
      processed_(registry.AddHistogram(metric::kComponentProcessDuration,
                                       LabelsOf(id))) {
  for (ErrorStage stage : {ErrorStage::kReceiving, ErrorStage::kProcessing,
                           ErrorStage::kSending}) {
    Failed(stage, kOtherErrorType, 0);
  }
}

void ComponentMetrics::Received(uint64_t events, uint64_t bytes) {
  received_events_.Add(events);
  received_bytes_.Add(bytes);
}

void ComponentMetrics::Sent(uint64_t events, uint64_t bytes) {
  sent_events_.Add(events);
  sent_bytes_.Add(bytes);
}

void ComponentMetrics::Failed(ErrorStage stage, std::string_view type,
                              uint64_t events) {
  MutexLock lock(mutex_);
  const ErrorKey key(stage, BoundedErrorType(type));
  auto it = errors_.find(key);
  if (it == errors_.end()) {
    MetricLabels labels = LabelsOf(id_);
    labels[label::kStage] = std::string(ErrorStageName(stage));
    labels[label::kErrorType] = key.second;
    it = errors_
             .emplace(key,
                      registry_.AddCounter(metric::kComponentErrors, labels))
             .first;
  }
  it->second.Add(events);
}

void ComponentMetrics::Discarded(bool intentional, uint64_t events) {
  (intentional ? discarded_intentionally_ : discarded_unintentionally_)
      .Add(events);
}

void ComponentMetrics::Processed(absl::Duration duration) {
  processed_.Observe(absl::ToDoubleSeconds(duration));
}

void ComponentMetrics::ProcessFailed(absl::Duration duration,
                                     std::string_view error_type) {
  MutexLock lock(mutex_);
  const std::string type = BoundedErrorType(error_type);
  auto it = process_failed_.find(type);
  if (it == process_failed_.end()) {
    MetricLabels labels = LabelsOf(id_);
    labels[label::kErrorType] = type;
    it = process_failed_
             .emplace(type, registry_.AddHistogram(
                                metric::kComponentProcessDuration, labels))
             .first;
  }
  it->second.Observe(absl::ToDoubleSeconds(duration));
}

uint64_t ComponentMetrics::discarded_events() const {
  return discarded_intentionally_.value() + discarded_unintentionally_.value();
}

uint64_t ComponentMetrics::failed_events() const {
  MutexLock lock(mutex_);
  uint64_t events = 0;
  for (const auto& [key, counter] : errors_) events += counter.value();
  return events;
}

std::map<std::string, uint64_t> ComponentMetrics::errors(
    ErrorStage stage) const {
  MutexLock lock(mutex_);
  std::map<std::string, uint64_t> by_type;
  for (const auto& [key, counter] : errors_) {
    if (key.first == stage && counter.value() > 0) {
      by_type[key.second] = counter.value();
    }
  }
  return by_type;
}

absl::Duration ComponentMetrics::busy() const {
  double seconds = processed_.value().sum;
  MutexLock lock(mutex_);
  for (const auto& [type, failed] : process_failed_) {
    seconds += failed.value().sum;
  }
  return absl::Seconds(seconds);
}

std::string ComponentMetrics::BoundedErrorType(std::string_view type) {
  std::string lower = absl::AsciiStrToLower(ToAbsl(type));
  if (error_types_.contains(lower)) return lower;
  if (error_types_.size() >= kMaxErrorTypes) return kOtherErrorType;
  error_types_.insert(lower);
  return lower;
}

}  // namespace phoenix
