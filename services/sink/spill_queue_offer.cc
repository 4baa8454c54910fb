// How views come into the queue: into memory, or into its log.
#include <memory>
#include <utility>
#include <vector>

#include "libs/base/error_details.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "services/sink/settle_rows.h"
#include "services/sink/spill_queue.h"
#include "services/sink/spill_queue_item.h"
#include "services/sink/spill_record.h"

namespace phoenix {
namespace {

bool IsFull(const absl::Status& refusal) {
  const auto reason = GetErrorReason(refusal);
  return reason.has_value() && reason->reason == "LOG_FULL";
}

}  // namespace

void SpillQueue::Offer(BatchView view, SettleCallback settle) {
  const ItemPtr item = StandInLine(std::move(view), std::move(settle));
  Advance();
  MutexLock lock(mutex_);
  while (item->in_line) changed_.Wait(mutex_);
}

void SpillQueue::OfferLater(BatchView view, SettleCallback settle) {
  StandInLine(std::move(view), std::move(settle));
  Advance();
}

SpillQueue::ItemPtr SpillQueue::StandInLine(BatchView view,
                                            SettleCallback settle) {
  auto item = std::make_shared<Item>(std::move(view), std::move(settle),
                                     environment_.clock.Now());
  MutexLock lock(mutex_);
  item->in_line = true;
  line_.push_back(item);
  return item;
}

// Gives all in line their place, in order, until one has to wait.
void SpillQueue::Advance() {
  std::vector<std::pair<ItemPtr, absl::Status>> refused;
  {
    MutexLock offering(offer_mutex_);
    while (const ItemPtr first = FirstInLine()) {
      const absl::Status placed = Place(first);
      if (MayWait(placed)) {
        AdvanceWhenItHelps(placed);
        break;
      }
      LeaveLine();
      if (!placed.ok()) refused.emplace_back(first, placed);
    }
  }
  for (const auto& [item, why] : refused) Refuse(item, why);
}

SpillQueue::ItemPtr SpillQueue::FirstInLine() const {
  MutexLock lock(mutex_);
  return line_.empty() ? nullptr : line_.front();
}

void SpillQueue::LeaveLine() {
  MutexLock lock(mutex_);
  line_.front()->in_line = false;
  line_.pop_front();
  line_stands_ = false;
  changed_.NotifyAll();
}

// Not OK: the item is where it was.
absl::Status SpillQueue::Place(const ItemPtr& item) {
  if (stopping()) return absl::FailedPreconditionError("the queue is closed");
  if (!MustSpill()) {
    if (TakeDirect(item)) return absl::OkStatus();
    if (!trouble().ok()) AdvanceWhenMemoryHasRoom();
  }
  PHOENIX_RETURN_IF_ERROR(trouble());
  PHOENIX_RETURN_IF_ERROR(RecordDirect());
  return Record(item);
}

absl::Status SpillQueue::trouble() const {
  MutexLock lock(mutex_);
  return trouble_;
}

bool SpillQueue::MustSpill() {
  MutexLock lock(mutex_);
  if (spilling_ && IsEmpty()) spilling_ = false;
  return spilling_ || SinkStands();
}

// Whether what the queue answers for has stood in memory for as long as
// anything may: what is new would only stand there for as long before it is
// answered.
bool SpillQueue::SinkStands() {
  return !in_flight_items_.empty() &&
         environment_.clock.Now() - in_flight_items_.begin()->first >=
             kMaxMemoryWait;
}

// Whether the log has nothing that was not handed on.
bool SpillQueue::IsEmpty() {
  return pending_records_ == 0 && !next_waits_ && sequence_.AllPassed();
}

bool SpillQueue::TakeDirect(const ItemPtr& item) {
  BatchView view;
  {
    MutexLock lock(mutex_);
    item->direct_number = ++last_direct_;
    direct_.emplace(item->direct_number, item);
    view = item->view;
    LookLater();
  }
  SettleCallback told = SettleOf(item);
  if (environment_.memory.TryOffer(view, told)) return true;
  MutexLock lock(mutex_);
  direct_.erase(std::exchange(item->direct_number, 0));
  return false;
}

// What came before is recorded before.
absl::Status SpillQueue::RecordDirect() {
  std::vector<ItemPtr> items;
  {
    MutexLock lock(mutex_);
    for (const auto& [number, item] : direct_) items.push_back(item);
  }
  for (const ItemPtr& item : items) {
    const absl::Status recorded = Record(item);
    // Too large for a record: it is in memory, and stays there.
    if (absl::IsInvalidArgument(recorded)) continue;
    PHOENIX_RETURN_IF_ERROR(recorded);
  }
  return absl::OkStatus();
}

void SpillQueue::LookLater() {
  if (std::exchange(will_look_, true)) return;
  environment_.executor.RunAfter(kMaxMemoryWait,
                                 [this] { RecordWhatStands(); });
}

// What is refused now is tried again at the next look.
void SpillQueue::RecordWhatStands() {
  MutexLock offering(offer_mutex_);
  bool stands = false;
  {
    MutexLock lock(mutex_);
    will_look_ = false;
    if (stopping_ || direct_.empty()) return;
    LookLater();
    stands = trouble_.ok() &&
             environment_.clock.Now() - direct_.begin()->second->since >=
                 kMaxMemoryWait;
  }
  if (stands) RecordDirect().IgnoreError();
}

absl::Status SpillQueue::Record(const ItemPtr& item) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("queue.spill.before_append"));
  const bool is_direct = item->direct_number > 0;
  const BatchView view = item->view;
  const uint64_t events = view.rows.size();
  uint64_t sequence = 0;
  {
    MutexLock lock(mutex_);
    if (is_direct && direct_.erase(item->direct_number) == 0) {
      return absl::OkStatus();  // The sink has just said what became of it.
    }
    sequence = sequence_.Take(events);
    item->sequence = sequence;
    if (is_direct) {
      sequence_.Exclude(sequence, events);
      recorded_.emplace(sequence, item);
    } else {
      pending_events_ += events;
    }
    ++pending_records_;
    spilling_ = true;
  }
  SpillRecord record = ToSpillRecord(view, sequence);
  const absl::Status taken = log_->Append(
      std::move(record.batch), record.lane,
      [this, item, sequence](const absl::StatusOr<EventBatchPtr>& appended) {
        appended.ok() ? OnStored(item)
                      : OnRefused(item, sequence, appended.status());
      });
  if (taken.ok()) return taken;
  MutexLock lock(mutex_);
  --pending_records_;
  if (is_direct) {
    recorded_.erase(sequence);
    if (item->settle != nullptr) direct_.emplace(item->direct_number, item);
  } else {
    pending_events_ -= events;
  }
  sequence_.Rewind(sequence);
  return taken;
}

void SpillQueue::OnStored(const ItemPtr& item) {
  const bool is_direct = item->direct_number > 0;
  BatchView view;
  SettleCallback settle;
  {
    MutexLock lock(mutex_);
    view = item->view;
    --pending_records_;
    append_backoff_.Reset();
    if (!is_direct) pending_events_ -= item->events();
    if (item->settle != nullptr) {
      stats_.spilled += item->events();
      item->is_queued = true;
      if (is_direct) {
        in_flight_ += item->events();
        in_flight_items_.emplace(item->since, item);
      }
    }
    settle = std::exchange(item->settle, nullptr);
    changed_.NotifyAll();
  }
  if (LogHasDropped()) RunSoon([this] { LookForDropped(); });
  // The sink may have been faster.
  if (settle == nullptr) return;
  PHOENIX_FAILPOINT("queue.spill.before_settle").IgnoreError();
  SettleRows(view, Outcome::kQueued, options_.name, absl::OkStatus(), settle);
}

// The log refuses all that was appended behind it as well, and what is being
// appended now is among that: so all of it can be appended again, in order.
void SpillQueue::OnRefused(const ItemPtr& item, uint64_t sequence,
                           const absl::Status& why) {
  {
    MutexLock offering(offer_mutex_);
    MutexLock lock(mutex_);
    trouble_ = absl::UnavailableError(why.message());
    if (!first_refused_.has_value()) first_refused_ = sequence;
    if (item->direct_number == 0) {
      refused_.push_back(item);
    } else if (recorded_.erase(sequence) > 0 && item->settle != nullptr) {
      direct_.emplace(item->direct_number, item);
    }
    if (--pending_records_ > 0) return;
    PutBackRefused();
  }
  if (stopping()) return Advance();
  IsFull(why) ? RunSoon([this] { EndTrouble(); }) : RideOutTrouble();
}

// To where they were, before all that waits.
void SpillQueue::PutBackRefused() {
  sequence_.Rewind(*std::exchange(first_refused_, std::nullopt));
  pending_events_ = 0;
  for (const ItemPtr& item : refused_) item->in_line = true;
  line_.insert(line_.begin(), refused_.begin(), refused_.end());
  refused_.clear();
  changed_.NotifyAll();
}

// Tries the disk again later, and until then the memory.
void SpillQueue::RideOutTrouble() {
  absl::Duration delay;
  {
    MutexLock lock(mutex_);
    delay = append_backoff_.Next(random_);
  }
  environment_.executor.RunAfter(delay, [this] { EndTrouble(); });
  RunSoon([this] { Advance(); });
}

void SpillQueue::EndTrouble() {
  {
    MutexLock lock(mutex_);
    // Or it begins anew when all of it is known.
    if (first_refused_.has_value()) return;
    trouble_ = absl::OkStatus();
  }
  Advance();
}

// Whether the first in line stays there for that reason.
bool SpillQueue::MayWait(const absl::Status& refusal) const {
  if (absl::IsResourceExhausted(refusal)) {
    return environment_.when_full.waits() || !IsFull(refusal);
  }
  return !refusal.ok() && !absl::IsInvalidArgument(refusal) &&
         !absl::IsFailedPrecondition(refusal);
}

void SpillQueue::Refuse(const ItemPtr& item, const absl::Status& why) {
  SettleCallback settle;
  {
    MutexLock lock(mutex_);
    settle = std::exchange(item->settle, nullptr);
  }
  if (absl::IsResourceExhausted(why)) {
    environment_.when_full.TurnAway(item->view, FromAbsl(why.message()),
                                    settle);
  } else if (absl::IsInvalidArgument(why)) {
    SettleRows(item->view, Outcome::kRejected, options_.name, why, settle);
  } else {
    SettleRows(item->view, Outcome::kRetry, options_.name,
               absl::UnavailableError("the queue is closed"), settle);
  }
}

void SpillQueue::AdvanceWhenItHelps(const absl::Status& refusal) {
  bool ask_log = false;
  bool is_new_trouble = false;
  {
    MutexLock lock(mutex_);
    line_stands_ = true;
    if (absl::IsResourceExhausted(refusal)) {
      ask_log = !std::exchange(room_asked_, true);
    } else {
      is_new_trouble = trouble_.ok();
      trouble_ = refusal;
    }
  }
  if (is_new_trouble) RideOutTrouble();
  if (ask_log) log_->WhenRoom([this] { RunSoon([this] { TellRoom(); }); });
}

// The disk takes nothing: the sink may.
void SpillQueue::AdvanceWhenMemoryHasRoom() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(memory_asked_, true)) return;
  }
  environment_.memory.WhenReady([this] { RunSoon([this] { TellRoom(); }); });
}

void SpillQueue::TellRoom() {
  {
    MutexLock lock(mutex_);
    room_asked_ = false;
    memory_asked_ = false;
  }
  Advance();
}

}  // namespace phoenix
