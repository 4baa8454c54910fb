#include "services/ingestor/intake.h"

#include <algorithm>
#include <utility>

#include "libs/event/selection.h"

namespace phoenix {
namespace {

// Every row came to the same, for one reason.
BatchOutcome AllRows(uint32_t size, Outcome outcome,
                     const absl::Status& why = absl::OkStatus()) {
  BatchOutcome all(size, outcome);
  if (!why.ok()) {
    all.AddDetail({.row = 0, .component = "log", .status = why});
  }
  return all;
}

BatchOutcome OutcomeOfAppend(uint32_t size, const absl::Status& appended) {
  return appended.ok() ? AllRows(size, Outcome::kLogged)
                       : AllRows(size, Outcome::kRetry, appended);
}

AckLevel LevelOf(Durability durability) {
  switch (durability) {
    case Durability::kMemory:
      return AckLevel::kMemory;
    case Durability::kOs:
      return AckLevel::kOs;
    case Durability::kDisk:
      return AckLevel::kDisk;
    case Durability::kReplicated:
      return AckLevel::kReplicated;
  }
  return AckLevel::kMemory;
}

}  // namespace

AckLevel LaneIntake::ack_level() const {
  return queues_.has_value() ? LevelOf(*queues_) : AckLevel::kDelivered;
}

absl::Status LaneIntake::Take(EventBatchPtr batch, uint64_t lane,
                              SettleCallback settle) {
  BatchView view{std::move(batch), {}};
  SelectAll(view.batch->size(), view.rows);
  const absl::Status offered =
      lanes_[lane % lanes_.size()]->Offer(std::move(view), std::move(settle));
  // A lane holds more than the budget lets in: it refuses when it is closed.
  return offered.ok() ? offered : absl::UnavailableError(offered.message());
}

AckLevel LogIntake::ack_level() const {
  return LevelOf(
      std::min(log_.durability(), queues_.value_or(Durability::kReplicated)));
}

absl::Status LogIntake::Take(EventBatchPtr batch, uint64_t lane,
                             SettleCallback settle) {
  const uint32_t size = batch->size();
  // Shared, because a log that refuses destroys its callback.
  auto told = std::make_shared<SettleCallback>(std::move(settle));
  const absl::Status taken = log_.Append(
      std::move(batch), lane,
      [this, told, size](const absl::StatusOr<EventBatchPtr>& appended) {
        if (appended.ok()) logged_events_ += size;
        (*told)(OutcomeOfAppend(size, appended.status()));
      });
  if (taken.ok()) return taken;
  if (absl::IsResourceExhausted(taken)) {
    if (log_.full_policy() != FullPolicy::kReject) return taken;
    // Nobody waits: whoever sent it hears of it at once, and sends it again.
    (*told)(AllRows(size, Outcome::kRetry, taken));
    return absl::OkStatus();
  }
  if (absl::IsInvalidArgument(taken)) {
    // No later attempt would do better, so its producer has to hear of it.
    (*told)(AllRows(size, Outcome::kRejected, taken));
    return absl::OkStatus();
  }
  return absl::UnavailableError(taken.message());
}

}  // namespace phoenix
