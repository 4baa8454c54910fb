#include "services/ingestor/door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/event/payload_bytes.h"
#include "libs/event/selection.h"
#include "libs/flow/back_pressure.h"
#include "services/ingestor/settlement_count.h"

namespace phoenix {
namespace {

// What a refused producer is told to wait: long enough for a sink to write a
// few batches, short enough that a pause is not felt.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

}  // namespace

Door::Door(Environment environment) : environment_(std::move(environment)) {}

absl::Status Door::Offer(EventBatchPtr batch, uint64_t lane,
                         SettleCallback settle) {
  if (closed_) return absl::UnavailableError("the pipeline is draining");
  const size_t bytes = batch->memory_bytes();
  if (!environment_.budget.TryTake(bytes)) return Refuse();

  const uint64_t events = batch->size();
  const uint64_t payload_bytes = PayloadBytes(*batch);
  environment_.metrics.Received(events, payload_bytes);
  environment_.pipeline_metrics.Received(events, payload_bytes,
                                         environment_.clock.Now());

  BatchView view{std::move(batch), {}};
  SelectAll(static_cast<uint32_t>(events), view.rows);
  const int64_t began = environment_.clock.MonotonicNanos();
  auto settled = [this, bytes, began, settle = std::move(settle)](
                     const BatchOutcome& outcome) mutable {
    // Who has an answer finds it counted; when the budget is idle, every
    // producer has its answer.
    Count(outcome, began);
    settle(outcome);
    environment_.budget.Give(bytes);
  };
  auto& sender = *environment_.lanes[lane % environment_.lanes.size()];
  SettleCallback callback = std::move(settled);
  absl::Status taken = sender.Offer(std::move(view), std::move(callback));
  if (taken.ok()) {
    environment_.metrics.Sent(events, payload_bytes);
    return taken;
  }
  // A lane refuses only when it is closed: it holds more than the budget lets
  // in. The events are the producer's again.
  environment_.pipeline_metrics.Settled(Settlement::kRetry, events);
  environment_.budget.Give(bytes);
  return absl::UnavailableError(taken.message());
}

absl::Status Door::Refuse() const {
  const std::string slowest = environment_.slowest_part();
  return flow::BackPressure(
      slowest,
      absl::StrCat("limits.buffer_bytes (", environment_.budget.max_bytes(),
                   ") is used up"),
      kRetryDelay);
}

void Door::Count(const BatchOutcome& outcome, int64_t began) const {
  CountSettled(outcome, environment_.pipeline_metrics);
  const int64_t nanos = environment_.clock.MonotonicNanos() - began;
  environment_.pipeline_metrics.ObserveDelivery(absl::Nanoseconds(nanos),
                                                outcome.size());
}

void Door::WhenReady(absl::AnyInvocable<void()> ready) {
  environment_.budget.WhenRoom(std::move(ready));
}

void Door::CountRejected(uint64_t events, const char* reason) {
  environment_.metrics.Failed(ErrorStage::kReceiving, reason, events);
}

}  // namespace phoenix
