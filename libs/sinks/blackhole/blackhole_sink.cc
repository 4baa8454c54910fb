#include "libs/sinks/blackhole/blackhole_sink.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

// How long a sleep may go on after Cancel.
constexpr int64_t kMaxSleepNanos = 500'000'000;

}  // namespace

BlackholeSink::BlackholeSink(const Options& options, Clock& clock, Sleep sleep)
    : options_(options), clock_(clock), sleep_(std::move(sleep)) {}

absl::Status BlackholeSink::Open() {
  next_nanos_ = clock_.MonotonicNanos();
  return absl::OkStatus();
}

void BlackholeSink::Write(BatchView view, SettleCallback settle) {
  const size_t count = view.rows.size();
  const size_t taken = options_.rate > 0 ? Pace(count) : count;
  BatchOutcome outcome(view.batch->size());
  for (size_t i = 0; i < taken; ++i) {
    outcome.Merge(view.rows[i], Outcome::kDelivered);
    bytes_ += view.batch->payload(view.rows[i]).size();
  }
  rows_ += taken;
  for (size_t i = taken; i < count; ++i) {
    outcome.Merge(view.rows[i], Outcome::kRetry);
    outcome.AddDetail({view.rows[i], options_.name,
                       absl::CancelledError("sink was stopped")});
  }
  settle(outcome);
}

size_t BlackholeSink::Pace(size_t rows) {
  const int64_t now = clock_.MonotonicNanos();
  const double seconds = static_cast<double>(rows) / options_.rate;
  const int64_t due = std::max(next_nanos_, now) +
                      absl::ToInt64Nanoseconds(absl::Seconds(seconds));
  int64_t left = due - now;
  while (left > 0 && !cancelled_) {
    const int64_t step = std::min(left, kMaxSleepNanos);
    sleep_(absl::Nanoseconds(step));
    left -= step;
  }
  next_nanos_ = due - std::max<int64_t>(left, 0);
  const double ahead = std::max<int64_t>(left, 0) / 1e9 * options_.rate;
  const size_t untaken = static_cast<size_t>(std::ceil(ahead));
  return rows - std::min(rows, untaken);
}

std::vector<std::string> BlackholeSink::Report() const {
  return {absl::StrFormat("%d events of %d payload bytes forgotten", rows_,
                          bytes_)};
}

}  // namespace phoenix
