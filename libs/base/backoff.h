#ifndef LIBS_BASE_BACKOFF_H_
#define LIBS_BASE_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"
#include "libs/base/random.h"

namespace phoenix {

// How long to wait before the next attempt: longer after every failure, up to a
// limit, and spread by chance so that those who failed together do not come
// back together. A policy only: it neither sleeps nor counts attempts.
// Thread-compatible.
class Backoff {
 public:
  struct Options {
    absl::Duration initial = absl::Milliseconds(100);
    absl::Duration max = absl::Seconds(30);
    double multiplier = 2.0;  // At least 1.

    // The part of a delay that is left to chance, 0 to 1: with 0.5 a delay of
    // 10 s is anything from 5 s to 10 s.
    double jitter_ratio = 0.5;
  };

  explicit Backoff(const Options& options)
      : options_(options), next_(std::min(options.initial, options.max)) {}

  // The delay before the next attempt; the one after it will be longer.
  absl::Duration Next(Random& random) {
    const double part = 1.0 - options_.jitter_ratio * random.Uniform();
    const absl::Duration delay = next_ * part;
    next_ = std::min(next_ * options_.multiplier, options_.max);
    return delay;
  }

  // An attempt has succeeded.
  void Reset() { next_ = std::min(options_.initial, options_.max); }

 private:
  Options options_;
  absl::Duration next_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_BACKOFF_H_
