#include "libs/component/sink_decorators/instrumented_sink.h"

#include <map>
#include <utility>

#include "absl/time/time.h"

namespace phoenix {
namespace {

uint64_t PayloadBytes(const BatchView& view) {
  uint64_t bytes = 0;
  for (uint32_t row : view.rows) {
    bytes += (*view.batch->payloads().ranges)[row].size();
  }
  return bytes;
}

// Errors by their code; one call a code and batch.
void CountFailures(const BatchOutcome& outcome, uint64_t failed,
                   ComponentMetrics& metrics) {
  std::map<absl::StatusCode, uint64_t> by_code;
  for (const OutcomeDetail& detail : outcome.details()) {
    ++by_code[detail.status.code()];
  }
  uint64_t told = 0;
  for (const auto& [code, events] : by_code) {
    metrics.Failed(ErrorStage::kSending, absl::StatusCodeToString(code),
                   events);
    told += events;
  }
  if (told < failed) {
    metrics.Failed(ErrorStage::kSending, "unknown", failed - told);
  }
}

// What became of a view of which all rows were to be sent.
void CountOutcome(const BatchView& view, uint64_t bytes,
                  const BatchOutcome& outcome, ComponentMetrics& metrics) {
  const uint64_t delivered = outcome.Count(Outcome::kDelivered);
  if (delivered == view.rows.size()) {
    metrics.Sent(delivered, bytes);
    return;
  }
  uint64_t sent_bytes = 0;
  for (uint32_t row : view.rows) {
    if (outcome.at(row) == Outcome::kDelivered) {
      sent_bytes += view.batch->payload(row).size();
    }
  }
  metrics.Sent(delivered, sent_bytes);
  CountFailures(outcome, view.rows.size() - delivered, metrics);
}

}  // namespace

InstrumentedSink::InstrumentedSink(std::unique_ptr<Sink> sink,
                                   ComponentMetrics& metrics, Clock& clock)
    : ForwardingSink(std::move(sink)), metrics_(metrics), clock_(clock) {}

void InstrumentedSink::Write(BatchView view, SettleCallback settle) {
  const uint64_t bytes = PayloadBytes(view);
  metrics_.Received(view.rows.size(), bytes);
  const int64_t begin = clock_.MonotonicNanos();
  auto counted = [&metrics = metrics_, view, bytes, settle = std::move(settle)](
                     const BatchOutcome& outcome) mutable {
    CountOutcome(view, bytes, outcome, metrics);
    settle(outcome);
  };
  sink().Write(std::move(view), std::move(counted));
  metrics_.Processed(absl::Nanoseconds(clock_.MonotonicNanos() - begin));
}

}  // namespace phoenix
