#include "services/ingestor/log_dispatcher.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/telemetry/log.h"
#include "services/ingestor/settlement_count.h"

namespace phoenix {
namespace {

// Entries handed on in one task: between tasks lanes that waited get their
// turn, however fast the log can be read.
constexpr int kMaxEntriesInATask = 64;

bool IsFinal(Outcome outcome) {
  return outcome != Outcome::kPending && outcome != Outcome::kRetry;
}

}  // namespace

std::shared_ptr<LogDispatcher> LogDispatcher::Create(const Options& options,
                                                     Environment environment) {
  return std::make_shared<LogDispatcher>(options, std::move(environment));
}

LogDispatcher::LogDispatcher(const Options& options, Environment environment)
    : options_(options),
      environment_(std::move(environment)),
      queues_(environment_.lanes.size(),
              Queue{.waiting = {}, .backoff = Backoff(options.retry)}),
      random_(environment_.random_seed),
      read_backoff_(options.retry) {}

absl::Status LogDispatcher::Start() {
  Log& log = environment_.log;
  PHOENIX_ASSIGN_OR_RETURN(const int64_t cursor,
                           log.cursor(options_.partition));
  PHOENIX_ASSIGN_OR_RETURN(reader_, log.Read(options_.partition, cursor));
  if (!options_.shared) {
    recovered_end_ = log.Stats().next_offset;
    const std::optional<UnreadEvents> found = reader_->unread();
    recovered_is_known_ = found.has_value();
    if (found) environment_.metrics.Recovered(found->waiting);
  }
  settled_.emplace(static_cast<uint64_t>(cursor));
  PumpSoon();
  return absl::OkStatus();
}

bool LogDispatcher::stopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

LogDispatcher::Stats LogDispatcher::stats() const {
  MutexLock lock(mutex_);
  Stats stats = stats_;
  if (reader_ == nullptr) return stats;
  if (const auto unread = reader_->unread()) {
    stats.unread = unread->waiting + next_events_;
  }
  return stats;
}

void LogDispatcher::SettleLost() {
  const auto cursor = environment_.log.cursor(options_.partition);
  if (options_.shared || !cursor.ok()) return;
  uint64_t dropped = 0;
  uint64_t damaged = 0;
  {
    MutexLock lock(mutex_);
    const std::optional<UnreadEvents> unread = reader_->unread();
    if (!unread) return;
    dropped_held_ += GiveUpHeld(*cursor);
    dropped = unread->dropped + dropped_held_ - stats_.dropped;
    damaged = unread->damaged - stats_.damaged;
    stats_.dropped += dropped;
    stats_.damaged += damaged;
  }
  environment_.metrics.Settled(Settlement::kDropped, dropped);
  environment_.metrics.Settled(Settlement::kCorrupt, damaged);
}

// What is not final and behind the log's cursor the log has dropped. Nobody
// will hand it on any more once this has stopped.
uint64_t LogDispatcher::GiveUpHeld(int64_t log_cursor) {
  uint64_t dropped = 0;
  while (!held_.empty() && held_.begin()->first <= log_cursor) {
    dropped += held_.begin()->second;
    held_.erase(held_.begin());
  }
  held_back_ -= dropped;
  stats_.in_flight -= dropped;
  if (stopping_ && next_end_ <= log_cursor) {
    dropped += std::exchange(next_events_, 0);
  }
  return dropped;
}

void LogDispatcher::PumpSoon() {
  environment_.executor.RunAfter(absl::ZeroDuration(),
                                 [self = shared_from_this()] { self->Pump(); });
}

void LogDispatcher::Pump() {
  for (int i = 0; i < kMaxEntriesInATask; ++i) {
    if (!PumpOne()) return;
  }
  PumpSoon();
}

// Hands one entry on; false when there is none for now, or no room for it.
bool LogDispatcher::PumpOne() {
  if (stopping()) return false;
  if (!next_.has_value() && !ReadNext()) return false;
  if (!MayFollow(*next_)) return false;
  InFlightBudget& budget = environment_.budget;
  if (!budget.TryTake(next_->batch->memory_bytes())) {
    budget.WhenRoom([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->PumpSoon();
    });
    return false;
  }
  Dispatch(*std::exchange(next_, std::nullopt));
  return true;
}

// False while something recovered is not final and `entry` may be of a later
// run, or while it is too far from the cursor: whoever changes that pumps.
bool LogDispatcher::MayFollow(const LogEntry& entry) {
  MutexLock lock(mutex_);
  const auto cursor = static_cast<int64_t>(settled_->position());
  next_is_far_ =
      !settled_->settled() && entry.end_offset() - cursor > options_.max_span;
  if (next_is_far_) return false;
  if (IsRecovered(entry) && !entry.may_begin_run) return true;
  return stats_.recovered_in_flight == 0;
}

bool LogDispatcher::ReadNext() {
  uint64_t drain = 0;
  {
    MutexLock lock(mutex_);
    drain = drains_;
  }
  absl::StatusOr<std::optional<LogEntry>> entry = reader_->Next();
  if (!entry.ok()) {
    ReadLater(entry.status());
    return false;
  }
  next_ = *std::move(entry);
  MutexLock lock(mutex_);
  read_backoff_.Reset();
  stats_.at_end = !next_.has_value();
  if (next_.has_value()) {
    NoteNext();
    return true;
  }
  end_seen_in_ = drain;
  changed_.NotifyAll();
  reader_->WhenMore([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->PumpSoon();
  });
  return false;
}

void LogDispatcher::NoteNext() {
  const auto start = static_cast<int64_t>(settled_->position());
  next_end_ = next_->end_offset();
  const int64_t first = std::max(next_->first_offset, start);
  next_events_ = static_cast<uint64_t>(std::max<int64_t>(0, next_end_ - first));
}

void LogDispatcher::ReadLater(const absl::Status& why) {
  Logger::Process().Warn("The log could not be read, trying again.",
                         {{"partition", options_.partition}, {"error", why}});
  MutexLock lock(mutex_);
  environment_.executor.RunAfter(read_backoff_.Next(random_),
                                 [self = shared_from_this()] { self->Pump(); });
}

void LogDispatcher::Dispatch(LogEntry entry) {
  const size_t lane = entry.lane % environment_.lanes.size();
  Work work{.entry = std::move(entry), .rows = {}};
  // A cursor may stand within a batch: the rows before it are final.
  const auto start = static_cast<int64_t>(settled_->position());
  SelectAll(work.entry.batch->size(), work.rows);
  const int64_t skipped = start - work.entry.first_offset;
  if (skipped > 0) {
    work.rows.erase(work.rows.begin(), work.rows.begin() + skipped);
  }
  work.chunk = settled_->Add(static_cast<uint64_t>(work.entry.end_offset()));
  const uint64_t events = work.rows.size();
  const bool recovered = IsRecovered(work.entry);
  const size_t bytes = work.entry.batch->memory_bytes();
  if (!Enqueue(lane, std::move(work))) return environment_.budget.Give(bytes);
  if ((recovered && !recovered_is_known_) || options_.shared) {
    environment_.metrics.Recovered(events);
  }
  OfferWaiting(lane);
}

// False when it was stopped meanwhile.
bool LogDispatcher::Enqueue(size_t lane, Work work) {
  const uint64_t events = work.rows.size();
  MutexLock lock(mutex_);
  if (stopping_) return false;
  next_events_ = 0;
  stats_.read += events;
  stats_.in_flight += events;
  if (IsRecovered(work.entry)) {
    stats_.recovered += events;
    stats_.recovered_in_flight += events;
  }
  queues_[lane].waiting.emplace(work.entry.first_offset, std::move(work));
  return true;
}

void LogDispatcher::OfferWaiting(size_t lane) {
  while (std::optional<Work> taken = TakeWaiting(lane)) {
    BatchView view{taken->entry.batch, taken->rows};
    // Shared, because a refusal gives it back.
    auto work = std::make_shared<Work>(*std::move(taken));
    SettleCallback settle = [self = shared_from_this(), lane,
                             work](const BatchOutcome& outcome) {
      self->OnSettled(lane, std::move(*work), outcome);
    };
    const absl::Status offered =
        environment_.lanes[lane]->Offer(std::move(view), std::move(settle));
    if (offered.ok()) continue;
    PauseUntilReady(lane, std::move(*work));
    return;
  }
}

std::optional<LogDispatcher::Work> LogDispatcher::TakeWaiting(size_t lane) {
  MutexLock lock(mutex_);
  Queue& queue = queues_[lane];
  if (stopping_ || queue.paused || queue.waiting.empty()) return std::nullopt;
  auto node = queue.waiting.extract(queue.waiting.begin());
  return std::move(node.mapped());
}

void LogDispatcher::PauseUntilReady(size_t lane, Work work) {
  const size_t bytes = work.entry.batch->memory_bytes();
  bool stopping = false;
  {
    MutexLock lock(mutex_);
    stopping = stopping_;
    if (stopping) {
      HoldBack(work);
    } else {
      queues_[lane].paused = true;
      queues_[lane].waiting.emplace(work.entry.first_offset, std::move(work));
    }
  }
  if (stopping) return environment_.budget.Give(bytes);
  environment_.lanes[lane]->WhenReady([weak = weak_from_this(), lane] {
    if (const auto self = weak.lock()) {
      self->ResumeAfter(lane, absl::ZeroDuration());
    }
  });
}

void LogDispatcher::ResumeAfter(size_t lane, absl::Duration delay) {
  environment_.executor.RunAfter(
      delay, [self = shared_from_this(), lane] { self->Resume(lane); });
}

void LogDispatcher::Resume(size_t lane) {
  {
    MutexLock lock(mutex_);
    queues_[lane].paused = false;
  }
  OfferWaiting(lane);
}

// False when the partition was let go: what settles was given back.
bool LogDispatcher::BeginSettling() {
  MutexLock lock(mutex_);
  if (!released_) ++settling_;
  return !released_;
}

void LogDispatcher::OnSettled(size_t lane, Work work,
                              const BatchOutcome& outcome) {
  if (!BeginSettling()) {
    environment_.budget.Give(work.entry.batch->memory_bytes());
    return;
  }
  const uint64_t settled = CountFinal(work, outcome);
  std::erase_if(work.rows,
                [&](uint32_t row) { return IsFinal(outcome.at(row)); });
  if (!work.rows.empty()) {
    Retry(lane, std::move(work), settled);
    return;
  }
  const absl::Status moved = environment_.log.SetCursor(
      options_.partition, static_cast<int64_t>(settled_->Settle(work.chunk)));
  if (!moved.ok()) {
    Logger::Process().Error("The log refused its cursor.", {{"error", moved}});
  }
  {
    // After the cursor: who has waited for the end may close the log.
    MutexLock lock(mutex_);
    --settling_;
    CountDown(work, settled);
    queues_[lane].backoff.Reset();
    changed_.NotifyAll();
  }
  environment_.budget.Give(work.entry.batch->memory_bytes());
}

void LogDispatcher::CountDown(const Work& work, uint64_t settled) {
  stats_.in_flight -= settled;
  if (next_is_far_) {
    next_is_far_ = false;
    PumpSoon();
  }
  if (!IsRecovered(work.entry) || settled == 0) return;
  stats_.recovered_in_flight -= settled;
  if (stats_.recovered_in_flight == 0) PumpSoon();
}

// Counts the rows that are final now, and returns how many.
uint64_t LogDispatcher::CountFinal(const Work& work,
                                   const BatchOutcome& outcome) const {
  std::vector<Outcome> settled;
  settled.reserve(work.rows.size());
  for (uint32_t row : work.rows) {
    if (IsFinal(outcome.at(row))) settled.push_back(outcome.at(row));
  }
  BatchOutcome counted(static_cast<uint32_t>(settled.size()));
  for (uint32_t i = 0; i < counted.size(); ++i) counted.Merge(i, settled[i]);
  CountSettled(counted, environment_.metrics);
  const absl::Time received =
      absl::FromUnixNanos(work.entry.batch->receive_time_nanos());
  environment_.metrics.ObserveDelivery(environment_.clock.Now() - received,
                                       counted.size());
  return counted.size();
}

// Keeps what is not final for another attempt; of what is, the cursor learns
// with the rest of its batch.
void LogDispatcher::Retry(size_t lane, Work work, uint64_t settled) {
  const size_t bytes = work.entry.batch->memory_bytes();
  absl::Duration delay;
  bool stopping = false;
  {
    MutexLock lock(mutex_);
    --settling_;
    CountDown(work, settled);
    stopping = stopping_;
    if (stopping) {
      HoldBack(work);
    } else {
      Queue& queue = queues_[lane];
      stats_.resent += work.rows.size();
      queue.paused = true;
      queue.waiting.emplace(work.entry.first_offset, std::move(work));
      delay = queue.backoff.Next(random_);
    }
  }
  if (stopping) {
    environment_.budget.Give(bytes);
  } else {
    ResumeAfter(lane, delay);
  }
}

// It stays in the log.
void LogDispatcher::HoldBack(const Work& work) {
  held_back_ += work.rows.size();
  held_[work.entry.end_offset()] += work.rows.size();
  changed_.NotifyAll();
}

bool LogDispatcher::Drain(absl::Duration timeout) {
  const Clock& clock = Clock::System();  // What the condition waits by, too.
  const int64_t start = clock.MonotonicNanos();
  uint64_t drain = 0;
  {
    MutexLock lock(mutex_);
    drain = ++drains_;
  }
  PumpSoon();
  MutexLock lock(mutex_);
  while (end_seen_in_ != drain || stats_.in_flight > 0) {
    const absl::Duration left =
        timeout - absl::Nanoseconds(clock.MonotonicNanos() - start);
    if (left <= absl::ZeroDuration()) return false;
    changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(left));
  }
  return true;
}

void LogDispatcher::Stop() {
  std::vector<Work> waiting;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (Queue& queue : queues_) {
      for (auto& [offset, work] : queue.waiting) {
        HoldBack(work);
        waiting.push_back(std::move(work));
      }
      queue.waiting.clear();
    }
  }
  for (const Work& work : waiting) {
    environment_.budget.Give(work.entry.batch->memory_bytes());
  }
}

bool LogDispatcher::Release(absl::Duration timeout) {
  Stop();
  const Clock& clock = Clock::System();  // What the condition waits by, too.
  const int64_t start = clock.MonotonicNanos();
  MutexLock lock(mutex_);
  while (stats_.in_flight > held_back_ && !released_) {
    const absl::Duration left =
        timeout - absl::Nanoseconds(clock.MonotonicNanos() - start);
    if (left <= absl::ZeroDuration()) break;
    changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(left));
  }
  released_ = true;
  changed_.NotifyAll();  // Another Release may wait.
  while (settling_ > 0) changed_.Wait(mutex_);
  const uint64_t given_back = std::exchange(stats_.in_flight, 0);
  if (given_back > 0) {
    environment_.metrics.Settled(Settlement::kRetry, given_back);
  }
  return given_back == 0;
}

}  // namespace phoenix
