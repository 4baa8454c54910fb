#ifndef LIBS_BASE_CIRCUIT_BREAKER_H_
#define LIBS_BASE_CIRCUIT_BREAKER_H_

#include <cstdint>

#include "absl/time/time.h"
#include "libs/base/backoff.h"
#include "libs/base/clock.h"
#include "libs/base/random.h"

namespace phoenix {

// Says when to leave a peer alone that fails, so that it can recover and nobody
// waits for answers that will not come. It is
//   closed     every call may be made; until too many fail in a row, or too
//              large a share of them within the window;
//   open       none may; for a time that is longer after every failure of a
//              probe, and spread by chance;
//   half open  one may, the probe: its success closes, its failure opens.
//
// A policy only: it makes no calls and does not wait. Thread-compatible.
class CircuitBreaker {
 public:
  enum class State { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

  struct Options {
    // A restart of the peer costs a few calls; five in a row are no accident.
    int max_failures_in_a_row = 5;

    // Of the calls within `window`, once there are `min_window_calls`.
    double max_failure_ratio = 0.5;
    int min_window_calls = 20;
    absl::Duration window = absl::Seconds(10);

    // How long it is open.
    Backoff::Options open = {.initial = absl::Seconds(1),
                             .max = absl::Seconds(30)};
    uint64_t random_seed = 0;
  };

  // `clock` outlives the breaker.
  CircuitBreaker(const Options& options, Clock& clock);

  // Zero: make the call now, and say with OnSuccess or OnFailure how it went.
  // Else it must not be made, and it is too early to ask again until so long
  // from now.
  absl::Duration TryCall();

  // How a call went. What began before the breaker opened changes nothing.
  void OnSuccess();
  void OnFailure();

  // The call came to nothing that says anything of the peer, such as a stop of
  // this process.
  void OnAbandoned();

  State state() const { return state_; }

  // How long it will be open; zero when it is not.
  absl::Duration TimeLeftOpen() const;

  // Failures since the last success.
  int failures_in_a_row() const { return failures_in_a_row_; }

 private:
  void Open();
  void CountInWindow(bool failed);
  bool FailsTooOften() const;

  const Options options_;
  Clock& clock_;
  Random random_;
  Backoff open_time_;
  State state_ = State::kClosed;
  bool probing_ = false;  // Half open, and the probe is under way.
  int failures_in_a_row_ = 0;
  int64_t open_until_nanos_ = 0;
  int64_t window_began_nanos_ = 0;
  int window_calls_ = 0;
  int window_failures_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_BASE_CIRCUIT_BREAKER_H_
