#include "libs/component/sink_decorators/sink_monitor.h"

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// Every code, so that each has its series from the start.
constexpr int kStatusCodeCount =
    static_cast<int>(absl::StatusCode::kUnauthenticated) + 1;

MetricLabels LabelsOf(const ComponentId& sink) {
  return {{label::kComponentType, sink.type},
          {label::kComponentName, sink.name}};
}

std::vector<Counter> FailureCounters(MetricsRegistry& metrics,
                                     const ComponentId& sink) {
  std::vector<Counter> counters;
  for (int i = 0; i < kStatusCodeCount; ++i) {
    const auto code = static_cast<absl::StatusCode>(i);
    MetricLabels labels = LabelsOf(sink);
    // A failure whose reason is missing has the code of OK.
    labels[label::kErrorType] =
        code == absl::StatusCode::kOk
            ? kOtherErrorType
            : absl::AsciiStrToLower(absl::StatusCodeToString(code));
    counters.push_back(
        metrics.AddCounter(metric::kSinkFailedWriteAttempts, labels));
  }
  return counters;
}

}  // namespace

SinkMonitor::SinkMonitor(const ComponentId& sink, MetricsRegistry& metrics,
                         HealthRegistry& health)
    : part_(SinkHealthPart(sink.name)),
      health_(health),
      attempts_(metrics.AddCounter(metric::kSinkWriteAttempts, LabelsOf(sink))),
      retried_events_(
          metrics.AddCounter(metric::kSinkRetriedEvents, LabelsOf(sink))),
      failing_gauge_(metrics.AddGauge(metric::kSinkFailing, LabelsOf(sink))),
      failed_attempts_(FailureCounters(metrics, sink)) {}

void SinkMonitor::OnAttemptFailed(const absl::Status& why) {
  const int code = static_cast<int>(why.code());
  failed_attempts_[code < kStatusCodeCount ? code : 0].Add(1);
}

void SinkMonitor::OnProgress() {
  MutexLock lock(mutex_);
  failures_in_a_row_ = 0;
  if (!failing_) return;
  failing_ = false;
  failing_gauge_.Set(0);
  health_.SetReady(part_);
}

void SinkMonitor::OnWait(const absl::Status& why,
                         absl::Duration without_success) {
  MutexLock lock(mutex_);
  ++failures_in_a_row_;
  last_error_ = why;
  if (!failing_ && failures_in_a_row_ < kFailingAttempts &&
      without_success < kFailingTime) {
    return;
  }
  failing_ = true;
  failing_gauge_.Set(1);
  health_.SetUnready(part_, Describe());
}

std::string SinkMonitor::Failure() const {
  MutexLock lock(mutex_);
  return failing_ ? Describe() : "";
}

std::string SinkMonitor::Describe() const {
  return Cat("failing: ", FromAbsl(last_error_.message()), ", attempt ",
             failures_in_a_row_);
}

std::string SinkHealthPart(std::string_view name) {
  return Cat("sink '", name, "'");
}

}  // namespace phoenix
