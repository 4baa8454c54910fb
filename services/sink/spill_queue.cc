#include "services/sink/spill_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/engine/reject_to_dead_letters.h"
#include "services/sink/spill_queue_item.h"
#include "services/sink/spill_record.h"

namespace phoenix {
namespace {

// Entries handed on in one task, so that others of the executor get their turn.
constexpr int kMaxEntriesInATask = 64;

// Of batches of which dead letters are on their way: nothing is read from disk
// while there are more. As much as the queue has of them in memory by default.
constexpr uint64_t kMaxLetterBytes = 16 << 20;

}  // namespace

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

// The record's view, unless it is one that went straight to the sink, or that
// was given up when its reader had it in hand already: then it was counted.
SpillQueue::ItemPtr SpillQueue::Pass(const LogEntry& entry) {
  SpilledView spilled = FromSpillRecord(entry);
  const uint64_t events = spilled.view.rows.size();
  const uint64_t chunk =
      settled_->Add(static_cast<uint64_t>(entry.end_offset()));
  const bool dropped = LogHasDropped();  // Since somebody looked.
  uint64_t missing = 0;
  ItemPtr item;
  bool is_direct = false;
  bool is_given_up = false;
  bool is_final = false;
  {
    MutexLock lock(mutex_);
    is_given_up = spilled.sequence < first_kept_;
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
    if (!is_direct && is_given_up) {
      is_final = true;
    } else if (!is_direct) {
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
  return is_direct || is_given_up ? nullptr : item;
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
