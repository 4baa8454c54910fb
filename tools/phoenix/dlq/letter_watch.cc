#include "tools/phoenix/dlq/letter_watch.h"

#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/names.h"

namespace phoenix {

LetterWatch::LetterWatch(Options options, MetricsRegistry& registry,
                         Clock& clock)
    : options_(std::move(options)),
      registry_(registry),
      letters_(options_.topic, options_.pipeline),
      lane_({.name = "dead letters"}, clock) {
  lane_.RunAfter(absl::ZeroDuration(), [this] { Look(); });
}

LetterWatch::~LetterWatch() {
  Cancel();
  lane_.Stop();
}

void LetterWatch::Look() {
  const absl::StatusOr<uint64_t> waiting = letters_.Count();
  if (absl::IsCancelled(waiting.status())) return;
  if (waiting.ok()) Publish(static_cast<double>(*waiting));
  Tell(waiting.status());
  if (absl::IsResourceExhausted(waiting.status())) {
    Publish(std::numeric_limits<double>::quiet_NaN());
    return;
  }
  lane_.RunAfter(kInterval, [this] { Look(); });
}

void LetterWatch::Publish(double waiting) {
  if (!gauge_.has_value()) {
    gauge_ = registry_.AddGauge(metric::kDeadLetterWaitingEvents,
                                {{label::kPipeline, options_.pipeline},
                                 {label::kComponentName, options_.sink}});
  }
  gauge_->Set(waiting);
}

// Once while it stays the same.
void LetterWatch::Tell(const absl::Status& error) {
  if (error.code() == told_) return;
  told_ = error.code();
  if (error.ok()) return;
  Logger::Process().Warn("The dead letters that wait can't be counted.",
                         {{"component.name", options_.sink},
                          {"topic", options_.topic.topic},
                          {"error", error}});
}

}  // namespace phoenix
