#include "libs/sinks/blackhole/blackhole_sink.h"

#include <algorithm>
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
  if (options_.rate > 0) Pace(view.rows.size());
  BatchOutcome outcome(view.batch->size());
  outcome.Merge(view.rows, Outcome::kDelivered);
  rows_ += view.rows.size();
  for (uint32_t row : view.rows) bytes_ += view.batch->payload(row).size();
  settle(outcome);
}

void BlackholeSink::Pace(size_t rows) {
  const int64_t now = clock_.MonotonicNanos();
  const double seconds = static_cast<double>(rows) / options_.rate;
  next_nanos_ = std::max(next_nanos_, now) +
                absl::ToInt64Nanoseconds(absl::Seconds(seconds));
  int64_t left = next_nanos_ - now;
  while (left > 0 && !cancelled_) {
    const int64_t step = std::min(left, kMaxSleepNanos);
    sleep_(absl::Nanoseconds(step));
    left -= step;
  }
}

std::vector<std::string> BlackholeSink::Report() const {
  return {absl::StrFormat("%d events of %d payload bytes forgotten", rows_,
                          bytes_)};
}

}  // namespace phoenix
