#include "libs/component/sink_decorators/retrying_sink.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/sink_decorators/retry_after.h"

namespace phoenix {
namespace {

absl::Status GaveUp(const absl::Status& why, int attempts) {
  absl::Status status(why.code(),
                      absl::StrFormat("gave up after %d attempts: %s", attempts,
                                      why.message()));
  return status;
}

}  // namespace

// One call of Write, whose rows are written until none is to be retried.
struct RetryingSink::Attempt {
  uint64_t write = 0;   // Which call of Write: they are retried in this order.
  BatchView view;       // What is still to be written.
  Selection held_back;  // Of it, what the last attempt did not try.
  Selection tried;      // What any attempt tried.
  BatchOutcome outcome;
  SettleCallback settle;
  bool retried = false;  // `outcome` holds what earlier attempts settled.
  int number = 0;        // Of attempts since the last one that made progress.
  int64_t first_nanos = 0;  // When the first of these began.
  absl::Status why;         // The rows were not taken.
};

RetryingSink::RetryingSink(std::unique_ptr<Sink> sink, Options options,
                           SinkMonitor& monitor, Clock& clock, Wait wait)
    : ForwardingSink(std::move(sink)),
      options_(std::move(options)),
      monitor_(monitor),
      clock_(clock),
      wait_(std::move(wait)),
      log_(Logger::Process().With({{"component.name", options_.name}})),
      random_(options_.random_seed),
      backoff_(options_.backoff) {}

void RetryingSink::Write(BatchView view, SettleCallback settle) {
  const uint32_t size = view.batch->size();
  Start(
      std::make_shared<Attempt>(Attempt{.write = ++writes_,
                                        .view = std::move(view),
                                        .held_back = {},
                                        .tried = {},
                                        .outcome = BatchOutcome(size),
                                        .settle = std::move(settle),
                                        .first_nanos = clock_.MonotonicNanos(),
                                        .why = {}}));
  RetryAll();
}

void RetryingSink::Flush() {
  sink().Flush();
  RetryAll();
}

absl::Status RetryingSink::Close() {
  Flush();
  return sink().Close();
}

void RetryingSink::Start(const AttemptPtr& attempt) {
  ++attempt->number;
  monitor_.OnAttempt();
  sink().Write(attempt->view, [this, attempt](const BatchOutcome& outcome) {
    OnSettled(attempt, outcome);
  });
}

void RetryingSink::OnSettled(const AttemptPtr& attempt,
                             const BatchOutcome& outcome) {
  if (outcome.Count(Outcome::kRetry) == 0 && !attempt->retried) {
    OnProgress(*attempt);
    attempt->settle(outcome);
    return;
  }
  const size_t before = attempt->view.rows.size();
  TakeOutcome(*attempt, outcome);
  const size_t left = attempt->view.rows.size();
  if (left < before) OnProgress(*attempt);
  if (left == 0) {
    attempt->settle(attempt->outcome);
    return;
  }
  if (attempt->held_back.size() < left) {
    CountFailure(attempt->why);
  } else if (attempt->number > 0) {
    --attempt->number;  // It tried nothing.
  }
  WaitInOrder(attempt);
}

// A sink that has several requests under way may settle a later write first.
void RetryingSink::WaitInOrder(const AttemptPtr& attempt) {
  const auto behind = std::find_if(
      waiting_.begin(), waiting_.end(),
      [&](const AttemptPtr& other) { return other->write > attempt->write; });
  waiting_.insert(behind, attempt);
}

// Keeps what is settled for good; the rows to be tried again are left.
void RetryingSink::TakeOutcome(Attempt& attempt, const BatchOutcome& outcome) {
  Selection again;
  attempt.held_back.clear();
  absl::Status held_back;
  for (uint32_t row : attempt.view.rows) {
    if (outcome.at(row) == Outcome::kRetry) {
      again.push_back(row);
    } else {
      attempt.outcome.Merge(row, outcome.at(row));
    }
  }
  for (const OutcomeDetail& detail : outcome.details()) {
    if (outcome.at(detail.row) != Outcome::kRetry) {
      attempt.outcome.AddDetail(detail);
    } else if (IsHeldBack(detail.status)) {
      attempt.held_back.push_back(detail.row);
      held_back = detail.status;
    } else {
      attempt.why = detail.status;
    }
  }
  std::sort(attempt.held_back.begin(), attempt.held_back.end());
  if (attempt.held_back.size() == again.size() && !held_back.ok()) {
    attempt.why = held_back;
  }
  CountRetried(attempt);
  attempt.view.rows = std::move(again);
  attempt.retried = true;
}

// Only now, as what was held back was not sent again.
void RetryingSink::CountRetried(Attempt& attempt) {
  Selection now;
  std::set_difference(attempt.view.rows.begin(), attempt.view.rows.end(),
                      attempt.held_back.begin(), attempt.held_back.end(),
                      std::back_inserter(now));
  Selection before = std::exchange(attempt.tried, {});
  std::set_union(before.begin(), before.end(), now.begin(), now.end(),
                 std::back_inserter(attempt.tried));
  const size_t again = before.size() + now.size() - attempt.tried.size();
  retried_rows_ += again;
  monitor_.OnRetry(again);
}

// The destination is there: what is left has its whole budget again.
void RetryingSink::OnProgress(Attempt& attempt) {
  monitor_.OnProgress();
  backoff_.Reset();
  attempt.number = 0;
  attempt.first_nanos = clock_.MonotonicNanos();
}

void RetryingSink::CountFailure(const absl::Status& why) {
  // A shutdown ended the attempt, not the destination.
  if (absl::IsCancelled(why)) return;
  ++failed_attempts_;
  last_error_ = why;
  monitor_.OnAttemptFailed(why);
}

void RetryingSink::RetryAll() {
  while (!waiting_.empty()) {
    const bool stopped = !WaitForNext();
    for (const AttemptPtr& attempt : std::exchange(waiting_, {})) {
      if (stopped) {
        GiveUp(*attempt);
        continue;
      }
      if (!HasBudget(*attempt)) {
        RejectTried(*attempt);
        if (attempt->view.rows.empty()) continue;
      }
      if (!waiting_.empty()) {
        // Behind rows that failed again just now: its time has not begun.
        attempt->first_nanos = clock_.MonotonicNanos();
        WaitInOrder(attempt);
      } else {
        Start(attempt);
      }
    }
    if (stopped) return;
    // What the sink holds would else stay unsettled until the next write.
    sink().Flush();
  }
  backoff_.Reset();
}

bool RetryingSink::WaitForNext() {
  const Attempt& first = *waiting_.front();
  const absl::Duration delay = NextDelay();
  const int64_t elapsed = clock_.MonotonicNanos() - first.first_nanos;
  monitor_.OnWait(first.why, absl::Nanoseconds(elapsed) + delay);
  log_.Warn("Sink tries again.", {{"error", first.why}, {"delay", delay}});
  return wait_(delay);
}

bool RetryingSink::HasBudget(const Attempt& attempt) const {
  const int64_t elapsed = clock_.MonotonicNanos() - attempt.first_nanos;
  return attempt.number < options_.max_attempts &&
         absl::Nanoseconds(elapsed) < options_.max_elapsed;
}

absl::Duration RetryingSink::NextDelay() {
  absl::Duration delay = backoff_.Next(random_);
  for (const AttemptPtr& attempt : waiting_) {
    const auto wanted = RetryAfterOf(attempt->why);
    if (wanted.has_value()) {
      delay = std::max(delay, std::min(*wanted, options_.max_retry_after));
    }
  }
  return delay;
}

void RetryingSink::GiveUp(Attempt& attempt) {
  Settle(attempt, attempt.view.rows, Outcome::kRetry, attempt.why);
  attempt.settle(attempt.outcome);
}

// The rows that were held back are left, with a budget of their own.
void RetryingSink::RejectTried(Attempt& attempt) {
  Selection tried;
  std::set_difference(attempt.view.rows.begin(), attempt.view.rows.end(),
                      attempt.held_back.begin(), attempt.held_back.end(),
                      std::back_inserter(tried));
  Settle(attempt, tried, Outcome::kRejected,
         GaveUp(attempt.why, attempt.number));
  given_up_rows_ += tried.size();
  attempt.view.rows = std::exchange(attempt.held_back, {});
  attempt.number = 0;
  attempt.first_nanos = clock_.MonotonicNanos();
  if (attempt.view.rows.empty()) attempt.settle(attempt.outcome);
}

void RetryingSink::Settle(Attempt& attempt, const Selection& rows,
                          Outcome outcome, const absl::Status& why) {
  for (uint32_t row : rows) {
    attempt.outcome.Merge(row, outcome);
    attempt.outcome.AddDetail({row, options_.name, why});
  }
}

std::vector<std::string> RetryingSink::Report() const {
  std::vector<std::string> lines = sink().Report();
  if (failed_attempts_ > 0) {
    lines.push_back(absl::StrFormat(
        "%d attempts to write a batch failed, %d events tried again, %d given "
        "up; last error: %s",
        failed_attempts_, retried_rows_, given_up_rows_,
        last_error_.message()));
  }
  return lines;
}

}  // namespace phoenix
