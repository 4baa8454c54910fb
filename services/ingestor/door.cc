#include "services/ingestor/door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/event/payload_bytes.h"
#include "libs/event/selection.h"
#include "libs/flow/back_pressure.h"
#include "services/ingestor/settlement_count.h"

namespace phoenix {
namespace {

// What a refused producer is told to wait: long enough for a sink to write a
// few batches, short enough that a pause is not felt.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

// What a dead letter holds beyond the bytes that it is about: error, place,
// names and time. Without it a file of tiny bad rows would fill the memory.
constexpr size_t kLetterBytes = 512;

}  // namespace

Door::Door(Environment environment) : environment_(std::move(environment)) {}

absl::Status Door::Offer(EventBatchPtr batch, uint64_t lane,
                         SettleCallback settle) {
  const size_t bytes = batch->memory_bytes();
  PHOENIX_RETURN_IF_ERROR(Admit(bytes));
  const uint32_t events = batch->size();
  const uint64_t payload_bytes = CountReceived(*batch);
  BatchView view{std::move(batch), {}};
  SelectAll(events, view.rows);
  auto& sender = *environment_.lanes[lane % environment_.lanes.size()];
  absl::Status taken =
      sender.Offer(std::move(view), CountAndTell(bytes, std::move(settle)));
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

absl::Status Door::OfferUnreadable(UnreadableInput input,
                                   SettleCallback settle) {
  const size_t bytes =
      input.rows->memory_bytes() + input.rows->size() * kLetterBytes;
  PHOENIX_RETURN_IF_ERROR(Admit(bytes));
  CountReceived(*input.rows);
  std::vector<DeadLetterRow> letters = Letters(input);
  environment_.dead_letters.Post(std::move(input.rows), std::move(letters),
                                 CountAndTell(bytes, std::move(settle)));
  return absl::OkStatus();
}

// What the source could not read, as failures of the source. Counts them.
std::vector<DeadLetterRow> Door::Letters(UnreadableInput& input) const {
  std::vector<DeadLetterRow> letters;
  letters.reserve(input.reasons.size());
  for (UnreadableInput::Reason& reason : input.reasons) {
    environment_.metrics.Failed(ErrorStage::kReceiving, reason.type, 1);
    letters.push_back({.row = static_cast<uint32_t>(letters.size()),
                       .component = environment_.source,
                       .position = environment_.position,
                       .status = std::move(reason.status)});
  }
  return letters;
}

absl::Status Door::Admit(size_t bytes) const {
  if (closed_) return absl::UnavailableError("the pipeline is draining");
  return environment_.budget.TryTake(bytes) ? absl::OkStatus() : Refuse();
}

// Returns the bytes of the payloads.
uint64_t Door::CountReceived(const EventBatch& batch) {
  const uint64_t payload_bytes = PayloadBytes(batch);
  environment_.metrics.Received(batch.size(), payload_bytes);
  environment_.pipeline_metrics.Received(batch.size(), payload_bytes,
                                         environment_.clock.Now());
  return payload_bytes;
}

SettleCallback Door::CountAndTell(size_t bytes, SettleCallback settle) const {
  const int64_t began = environment_.clock.MonotonicNanos();
  return [this, bytes, began,
          settle = std::move(settle)](const BatchOutcome& outcome) mutable {
    // Who has an answer finds it counted; when the budget is idle, every
    // producer has its answer.
    Count(outcome, began);
    settle(outcome);
    environment_.budget.Give(bytes);
  };
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
