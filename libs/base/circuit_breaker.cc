#include "libs/base/circuit_breaker.h"

#include <algorithm>

namespace phoenix {

CircuitBreaker::CircuitBreaker(const Options& options, Clock& clock)
    : options_(options),
      clock_(clock),
      random_(options.random_seed),
      open_time_(options.open) {}

absl::Duration CircuitBreaker::TryCall() {
  if (state_ == State::kClosed) return absl::ZeroDuration();
  if (state_ == State::kHalfOpen && probing_) return options_.open.initial;
  const absl::Duration left = TimeLeftOpen();
  if (left > absl::ZeroDuration()) return left;
  state_ = State::kHalfOpen;
  probing_ = true;
  return absl::ZeroDuration();
}

absl::Duration CircuitBreaker::TimeLeftOpen() const {
  if (state_ != State::kOpen) return absl::ZeroDuration();
  const int64_t left = open_until_nanos_ - clock_.MonotonicNanos();
  return absl::Nanoseconds(std::max<int64_t>(left, 0));
}

void CircuitBreaker::OnSuccess() {
  if (state_ == State::kOpen) return;
  if (state_ == State::kHalfOpen) {
    state_ = State::kClosed;
    probing_ = false;
    open_time_.Reset();
    window_calls_ = window_failures_ = 0;
  }
  failures_in_a_row_ = 0;
  CountInWindow(/*failed=*/false);
}

void CircuitBreaker::OnFailure() {
  if (state_ == State::kOpen) return;
  ++failures_in_a_row_;
  CountInWindow(/*failed=*/true);
  if (state_ == State::kHalfOpen || FailsTooOften()) Open();
}

void CircuitBreaker::OnAbandoned() { probing_ = false; }

void CircuitBreaker::Open() {
  state_ = State::kOpen;
  probing_ = false;
  open_until_nanos_ = clock_.MonotonicNanos() +
                      absl::ToInt64Nanoseconds(open_time_.Next(random_));
  window_calls_ = window_failures_ = 0;
}

void CircuitBreaker::CountInWindow(bool failed) {
  const int64_t now = clock_.MonotonicNanos();
  if (now - window_began_nanos_ > absl::ToInt64Nanoseconds(options_.window)) {
    window_began_nanos_ = now;
    window_calls_ = window_failures_ = 0;
  }
  ++window_calls_;
  if (failed) ++window_failures_;
}

bool CircuitBreaker::FailsTooOften() const {
  return failures_in_a_row_ >= options_.max_failures_in_a_row ||
         (window_calls_ >= options_.min_window_calls &&
          window_failures_ > options_.max_failure_ratio * window_calls_);
}

}  // namespace phoenix
