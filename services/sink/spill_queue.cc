#include "services/sink/spill_queue.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "libs/base/error_details.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/engine/reject_to_dead_letters.h"
#include "services/sink/settle_rows.h"
#include "services/sink/spill_record.h"

namespace phoenix {
namespace {

// Entries handed on in one task, so that others of the executor get their turn.
constexpr int kMaxEntriesInATask = 64;

// Of batches of which dead letters are on their way: nothing is read from disk
// while there are more. As much as the queue has of them in memory by default.
constexpr uint64_t kMaxLetterBytes = 16 << 20;

bool IsFull(const absl::Status& refusal) {
  const auto reason = GetErrorReason(refusal);
  return reason.has_value() && reason->reason == "LOG_FULL";
}

}  // namespace

// A view that the queue has taken. Its members belong to the queue's mutex once
// it is shared.
struct SpillQueue::Item {
  Item(BatchView taken, SettleCallback told, absl::Time now)
      : view(std::move(taken)), settle(std::move(told)), since(now) {}

  uint64_t events() const { return view.rows.size(); }

  BatchView view;              // The rows that are not final.
  SettleCallback settle;       // Null once whoever offered it knows.
  absl::Time since;            // When it came, or was appended.
  uint64_t direct_number = 0;  // In order, of those that went straight on.
  uint64_t sequence = 0;       // Of its record, once it has one.
  bool in_line = false;        // It has no place yet, in memory or on disk.
  bool is_queued = false;      // The queue answers for it.
  bool is_final = false;
  std::optional<uint64_t> chunk;  // Of settled_, once its record was read.
};

SpillQueue::SpillQueue(Options options, Environment environment)
    : options_(std::move(options)),
      environment_(environment),
      logger_(Logger::Process().With({{"component.name", options_.name}})),
      random_(environment.random_seed),
      backoff_(options_.retry),
      append_backoff_(options_.append_retry) {}

SpillQueue::~SpillQueue() {
  Stop();
  Close().IgnoreError();
}

absl::Status SpillQueue::Start(std::unique_ptr<Log> log) {
  log_ = std::move(log);
  PHOENIX_ASSIGN_OR_RETURN(const int64_t cursor, log_->cursor(0));
  PHOENIX_ASSIGN_OR_RETURN(reader_, log_->Read(0, cursor));
  settled_.emplace(static_cast<uint64_t>(cursor));
  PHOENIX_RETURN_IF_ERROR(CountFound(cursor));
  PumpSoon();
  return absl::OkStatus();
}

absl::Status SpillQueue::CountFound(int64_t cursor) {
  PHOENIX_ASSIGN_OR_RETURN(const auto reader, log_->Read(0, cursor));
  PHOENIX_ASSIGN_OR_RETURN(const auto first, reader->Next());
  if (!first.has_value()) return absl::OkStatus();
  const uint64_t begin = FromSpillRecord(*first).sequence;
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t end, FindEnd(cursor));
  MutexLock lock(mutex_);
  sequence_.Restart(begin, end);
  stats_.found = end - begin;
  spilling_ = true;
  return absl::OkStatus();
}

// The sequence behind the last record. After a crash nobody knows where that
// is: then all are read.
absl::StatusOr<uint64_t> SpillQueue::FindEnd(int64_t cursor) const {
  uint64_t end = 0;
  for (const int64_t from : {log_->Stats().next_offset - 1, cursor}) {
    PHOENIX_ASSIGN_OR_RETURN(const auto reader, log_->Read(0, from));
    while (true) {
      PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
      if (!entry.has_value()) break;
      const SpilledView spilled = FromSpillRecord(*entry);
      end = spilled.sequence + spilled.view.rows.size();
    }
    if (end > 0) break;
  }
  return end;
}

bool SpillQueue::stopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

// --- Offering ---

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

// --- From the log to the queue in memory ---

void SpillQueue::RunSoon(absl::AnyInvocable<void()> task) {
  environment_.executor.RunAfter(absl::ZeroDuration(), std::move(task));
}

void SpillQueue::PumpSoon() {
  RunSoon([this] { Pump(); });
}

void SpillQueue::Pump() {
  for (int i = 0; i < kMaxEntriesInATask; ++i) {
    if (!PumpOne()) return;
  }
  PumpSoon();
}

bool SpillQueue::PumpOne() {
  if (stopping() || TooManyLetters()) return false;
  if (next_ == nullptr && !ReadNext()) return false;
  return next_ == nullptr || HandOn();
}

// False when there is nothing more for now.
bool SpillQueue::ReadNext() {
  LookForDropped();
  absl::StatusOr<std::optional<LogEntry>> entry = reader_->Next();
  if (!entry.ok()) {
    logger_.Warn("The queue of a sink could not be read, trying again.",
                 {{"error", entry.status()}});
    MutexLock lock(mutex_);
    environment_.executor.RunAfter(backoff_.Next(random_), [this] { Pump(); });
    return false;
  }
  if (!entry->has_value()) {
    reader_->WhenMore([this] { PumpSoon(); });
    return false;
  }
  next_ = Pass(**entry);
  return true;
}

// Whether the log alone has moved its cursor since somebody looked.
bool SpillQueue::LogHasDropped() const {
  const auto cursor = log_->cursor(0);
  if (!cursor.ok()) return false;
  MutexLock lock(mutex_);
  return *cursor > looked_at_ &&
         *cursor > static_cast<int64_t>(settled_->position());
}

// Counts what the log has dropped and nobody has read.
void SpillQueue::LookForDropped() {
  if (!LogHasDropped()) return;
  const auto cursor = log_->cursor(0);
  const std::optional<uint64_t> first = FirstSequence(*cursor);
  if (!first.has_value()) return;
  uint64_t given_up = 0;
  {
    MutexLock lock(mutex_);
    looked_at_ = *cursor;
    first_kept_ = std::max(first_kept_, *first);
    given_up = sequence_.SkipTo(*first);
    stats_.given_up += given_up;
    changed_.NotifyAll();  // It may have been all.
  }
  if (given_up == 0) return;
  logger_.Warn("A full queue of a sink has given up its oldest events.",
               {{"events", given_up}});
}

// Of the first record at or behind the cursor; nullopt when it can't be told.
std::optional<uint64_t> SpillQueue::FirstSequence(int64_t cursor) const {
  const auto reader = log_->Read(0, cursor);
  if (!reader.ok()) return std::nullopt;
  const auto entry = (*reader)->Next();
  if (!entry.ok()) return std::nullopt;
  if (entry->has_value()) return FromSpillRecord(**entry).sequence;
  MutexLock lock(mutex_);
  if (!closed_) return std::nullopt;  // It may have been stored just now.
  return sequence_.next();
}

// Nobody will deliver any more what is in memory, and no longer on disk.
void SpillQueue::GiveUpInMemory() {
  for (auto i = in_flight_items_.begin(); i != in_flight_items_.end();) {
    const Item& item = *i->second;
    const bool is_on_disk = item.sequence >= first_kept_;
    if (!is_on_disk) {
      stats_.given_up += item.events();
      in_flight_ -= item.events();
    }
    i = is_on_disk ? std::next(i) : in_flight_items_.erase(i);
  }
}

// The record's view, unless it is one that went straight to the sink.
SpillQueue::ItemPtr SpillQueue::Pass(const LogEntry& entry) {
  SpilledView spilled = FromSpillRecord(entry);
  const uint64_t events = spilled.view.rows.size();
  const uint64_t chunk =
      settled_->Add(static_cast<uint64_t>(entry.end_offset()));
  const bool dropped = LogHasDropped();  // Since somebody looked.
  uint64_t missing = 0;
  ItemPtr item;
  bool is_direct = false;
  bool is_final = false;
  {
    MutexLock lock(mutex_);
    missing = sequence_.Pass(spilled.sequence, events);
    (dropped ? stats_.given_up : stats_.damaged) += missing;
    recorded_.erase(recorded_.begin(), recorded_.lower_bound(spilled.sequence));
    auto direct = recorded_.extract(spilled.sequence);
    is_direct = !direct.empty();
    item = is_direct ? std::move(direct.mapped())
                     : std::make_shared<Item>(std::move(spilled.view), nullptr,
                                              entry.append_time);
    item->sequence = spilled.sequence;
    item->chunk = chunk;
    is_final = item->is_final;
    if (!is_direct) {
      item->is_queued = true;
      in_flight_ += events;
      in_flight_items_.emplace(item->since, item);
      next_waits_ = true;
    }
    changed_.NotifyAll();  // It may have been the last.
  }
  if (missing > 0) {
    logger_.Warn("Events of a sink's queue are not there any more.",
                 {{"events", missing}});
  }
  if (is_final) SettleRecord(chunk);
  return is_direct ? nullptr : item;
}

// False when there is no room.
bool SpillQueue::HandOn() {
  BatchView view = next_->view;
  SettleCallback told = SettleOf(next_);
  if (!environment_.memory.TryOffer(view, told)) {
    environment_.memory.WhenReady([this] { PumpSoon(); });
    return false;
  }
  next_ = nullptr;
  MutexLock lock(mutex_);
  next_waits_ = false;
  changed_.NotifyAll();
  return true;
}

SettleCallback SpillQueue::SettleOf(const ItemPtr& item) {
  return
      [this, item](const BatchOutcome& outcome) { OnSettled(item, outcome); };
}

void SpillQueue::OnSettled(const ItemPtr& item, const BatchOutcome& outcome) {
  SettleCallback settle;
  std::optional<uint64_t> chunk;
  {
    MutexLock lock(mutex_);
    direct_.erase(item->direct_number);
    settle = std::exchange(item->settle, nullptr);
    if (settle != nullptr) {
      // It was not durable here in time: whoever offered it answers for it,
      // also for what is to be sent again.
      item->is_final = true;
      chunk = item->chunk;
    }
  }
  if (settle != nullptr) {
    if (chunk.has_value()) SettleRecord(*chunk);
    return settle(outcome);
  }
  if (environment_.dead_letters == nullptr) {
    LogRefused(outcome);
    return OnFinal(item, outcome);
  }
  const uint64_t bytes = item->view.batch->memory_bytes();
  TakeLetters(bytes);
  RejectToDeadLetters({options_.name, options_.position}, item->view.batch,
                      *environment_.dead_letters,
                      [this, item, bytes](const BatchOutcome& all) {
                        GiveLetters(bytes);
                        OnFinal(item, all);
                      })(outcome);
}

void SpillQueue::LogRefused(const BatchOutcome& outcome) const {
  for (const OutcomeDetail& detail : outcome.details()) {
    if (outcome.at(detail.row) != Outcome::kRejected) continue;
    return logger_.Error("The dead-letter sink refuses dead letters.",
                         {{"error", detail.status}});
  }
}

void SpillQueue::TakeLetters(uint64_t bytes) {
  MutexLock lock(mutex_);
  letter_bytes_ += bytes;
}

void SpillQueue::GiveLetters(uint64_t bytes) {
  {
    MutexLock lock(mutex_);
    letter_bytes_ -= bytes;
    if (letter_bytes_ > kMaxLetterBytes || !letters_awaited_) return;
    letters_awaited_ = false;
  }
  PumpSoon();
}

bool SpillQueue::TooManyLetters() {
  MutexLock lock(mutex_);
  letters_awaited_ = letter_bytes_ > kMaxLetterBytes;
  return letters_awaited_;
}

// What became of a view that the queue answers for. Rows that are to be tried
// again are, later.
void SpillQueue::OnFinal(const ItemPtr& item, const BatchOutcome& outcome) {
  std::optional<uint64_t> chunk;
  bool again = false;
  absl::Duration delay;
  {
    MutexLock lock(mutex_);
    CountFinal(item, outcome);
    if (item->is_final) {
      chunk = item->chunk;
      backoff_.Reset();
    } else if (!stopping_) {
      again = true;
      delay = backoff_.Next(random_);
    }
  }
  if (chunk.has_value()) SettleRecord(*chunk);
  if (again) {
    environment_.executor.RunAfter(delay, [this, item] { OfferAgain(item); });
  }
  // After the cursor: who has waited for the end may close the log.
  MutexLock lock(mutex_);
  changed_.NotifyAll();
}

void SpillQueue::CountFinal(const ItemPtr& settled,
                            const BatchOutcome& outcome) {
  Item& item = *settled;
  Selection rest;
  for (const uint32_t row : item.view.rows) {
    switch (outcome.at(row)) {
      case Outcome::kPending:
      case Outcome::kRetry:
      case Outcome::kRejected:  // A dead letter, which can't go elsewhere.
        rest.push_back(row);
        break;
      case Outcome::kDeadLettered:
        ++stats_.dead_lettered;
        break;
      case Outcome::kDropped:
        ++stats_.dropped;
        break;
      default:
        ++stats_.delivered;
    }
  }
  in_flight_ -= item.events() - rest.size();
  item.view.rows = std::move(rest);
  item.is_final = item.view.rows.empty();
  if (item.is_final) in_flight_items_.erase({item.since, settled});
}

void SpillQueue::OfferAgain(const ItemPtr& item) {
  if (stopping()) return;
  BatchView view;
  {
    MutexLock lock(mutex_);
    view = item->view;
  }
  SettleCallback told = SettleOf(item);
  if (environment_.memory.TryOffer(view, told)) return;
  environment_.memory.WhenReady(
      [this, item] { RunSoon([this, item] { OfferAgain(item); }); });
}

void SpillQueue::SettleRecord(uint64_t chunk) {
  if (!PHOENIX_FAILPOINT("queue.replay.before_cursor").ok()) return;
  const absl::Status moved =
      log_->SetCursor(0, static_cast<int64_t>(settled_->Settle(chunk)));
  if (!moved.ok()) {
    logger_.Error("The queue of a sink refused its cursor.",
                  {{"error", moved}});
  }
}

// --- The end ---

bool SpillQueue::Drain(absl::Duration timeout) {
  const Clock& clock = Clock::System();  // What the condition waits by, too.
  const int64_t start = clock.MonotonicNanos();
  MutexLock lock(mutex_);
  while (!line_.empty() || !IsEmpty() || in_flight_ > 0) {
    const absl::Duration left =
        timeout - absl::Nanoseconds(clock.MonotonicNanos() - start);
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(left));
  }
  return true;
}

void SpillQueue::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  Advance();
}

absl::Status SpillQueue::Close() {
  if (log_ == nullptr) return absl::OkStatus();
  next_ = nullptr;
  reader_ = nullptr;
  const absl::Status closed = log_->Close();
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  LookForDropped();
  MutexLock lock(mutex_);
  GiveUpInMemory();
  return closed;
}

SpillQueue::Stats SpillQueue::stats() const {
  const LogStats log = log_ == nullptr ? LogStats() : log_->Stats();
  std::string refuses = log_ == nullptr ? "" : log_->Refuses();
  MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.refuses = std::move(refuses);
  const uint64_t unread = sequence_.unread();
  stats.waiting = in_flight_ + unread - std::min(unread, pending_events_);
  stats.bytes = log.bytes;
  stats.corrupt_records = log.corrupt_records;
  stats.corrupt_events = log.corrupt_events;
  if (!in_flight_items_.empty()) {
    stats.lag = environment_.clock.Now() - in_flight_items_.begin()->first;
  }
  stats.holds_up = line_stands_;
  return stats;
}

}  // namespace phoenix
