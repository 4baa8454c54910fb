#include "services/ingestor/door.h"

#include <memory>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/payload_bytes.h"
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

// A batch that is offered: what is counted of it, once, by whoever comes first
// of the offer that was taken and its outcome. So a refusal counts nothing.
struct Door::Arrival {
  Arrival(const EventBatch& batch, size_t taken_bytes, int64_t now)
      : events(batch.size()),
        payload_bytes(PayloadBytes(batch)),
        budget_bytes(taken_bytes),
        began(now) {}

  const uint32_t events;
  const uint64_t payload_bytes;
  const size_t budget_bytes;
  const int64_t began;
  std::atomic_flag counted;
};

Door::Door(Environment environment) : environment_(std::move(environment)) {}

absl::Status Door::Offer(EventBatchPtr batch, uint64_t lane,
                         SettleCallback settle) {
  const size_t bytes = batch->memory_bytes();
  PHOENIX_RETURN_IF_ERROR(Admit(bytes));
  const auto arrival = std::make_shared<Arrival>(
      *batch, bytes, environment_.clock.MonotonicNanos());
  const absl::Status taken =
      environment_.intake.Take(Stamped(std::move(batch)), lane,
                               CountAndTell(arrival, std::move(settle)));
  if (taken.ok()) {
    CountReceived(*arrival);
    environment_.metrics.Sent(arrival->events, arrival->payload_bytes);
    return taken;
  }
  environment_.budget.Give(bytes);
  if (!absl::IsResourceExhausted(taken)) return taken;
  return Refuse(FromAbsl(taken.message()),
                flow::RetryDelayOf(taken).value_or(kRetryDelay));
}

// So that the log knows under which revision events came, whatever file reads
// them later. Shares the columns.
EventBatchPtr Door::Stamped(EventBatchPtr batch) const {
  if (batch->revision() == environment_.revision) return batch;
  EventBatch::Columns columns = batch->columns();
  columns.revision = environment_.revision;
  return std::make_shared<const EventBatch>(std::move(columns));
}

absl::Status Door::OfferUnreadable(UnreadableInput input,
                                   SettleCallback settle) {
  const size_t bytes =
      input.rows->memory_bytes() + input.rows->size() * kLetterBytes;
  PHOENIX_RETURN_IF_ERROR(Admit(bytes));
  auto arrival = std::make_shared<Arrival>(*input.rows, bytes,
                                           environment_.clock.MonotonicNanos());
  CountReceived(*arrival);
  std::vector<DeadLetterRow> letters = Letters(input);
  environment_.dead_letters.Post(
      std::move(input.rows), std::move(letters),
      CountAndTell(std::move(arrival), std::move(settle)));
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
  if (environment_.budget.TryTake(bytes)) return absl::OkStatus();
  return Refuse(Cat("limits.buffer_bytes (", environment_.budget.max_bytes(),
                    ") is used up"),
                kRetryDelay);
}

void Door::CountReceived(Arrival& arrival) {
  if (arrival.counted.test_and_set()) return;
  pending_events_ += arrival.events;
  environment_.metrics.Received(arrival.events, arrival.payload_bytes);
  environment_.pipeline_metrics.Received(arrival.events, arrival.payload_bytes,
                                         environment_.clock.Now());
}

SettleCallback Door::CountAndTell(std::shared_ptr<Arrival> arrival,
                                  SettleCallback settle) {
  return [this, arrival = std::move(arrival),
          settle = std::move(settle)](const BatchOutcome& outcome) mutable {
    // Who has an answer finds it counted; when the budget is idle, every
    // producer has its answer.
    CountReceived(*arrival);
    Count(outcome, arrival->began);
    pending_events_ -= arrival->events;
    settle(outcome);
    environment_.budget.Give(arrival->budget_bytes);
  };
}

absl::Status Door::Refuse(std::string_view why, absl::Duration delay) const {
  return flow::BackPressure(environment_.slowest_part(), why, delay);
}

// Of what the log has, its dispatcher counts the outcomes; of what a shared one
// has, that of any instance.
void Door::Count(const BatchOutcome& outcome, int64_t began) const {
  if (outcome.Count(Outcome::kLogged) == outcome.size()) {
    if (!environment_.intake.shared()) return;
    environment_.pipeline_metrics.Settled(Settlement::kLogged, outcome.size());
    return;
  }
  CountSettled(outcome, environment_.pipeline_metrics);
  const int64_t nanos = environment_.clock.MonotonicNanos() - began;
  environment_.pipeline_metrics.ObserveDelivery(absl::Nanoseconds(nanos),
                                                outcome.size());
}

// Room in the budget first, then in what lies behind it.
void Door::WhenReady(absl::AnyInvocable<void()> ready) {
  environment_.budget.WhenRoom([this, ready = std::move(ready)]() mutable {
    environment_.intake.WhenReady(std::move(ready));
  });
}

void Door::CountRejected(uint64_t events, const char* reason) {
  environment_.metrics.Failed(ErrorStage::kReceiving, reason, events);
}

}  // namespace phoenix
