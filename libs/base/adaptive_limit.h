#ifndef LIBS_BASE_ADAPTIVE_LIMIT_H_
#define LIBS_BASE_ADAPTIVE_LIMIT_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace phoenix {

// How many calls of a peer to have under way at once: as many as it takes
// without getting slower. Additive increase, multiplicative decrease: the limit
// grows by one a round of answers while they come nearly as fast as ever, and
// shrinks by a part when they come late, and by half when the peer says that it
// is overloaded. Starts at one.
//
// A policy only: it makes no calls, and is told the time. Thread-compatible.
class AdaptiveLimit {
 public:
  struct Options {
    int max = 1;  // The limit is from 1 to this.

    // An answer is late when it took more than so many times the least.
    double late_ratio = 2.0;
    double late_decrease = 0.9;
    double overload_decrease = 0.5;

    // The least time is that of the last one or two of these: what was fast
    // long ago says nothing of the peer as it is.
    absl::Duration window = absl::Minutes(1);
  };

  explicit AdaptiveLimit(const Options& options) : options_(options) {}

  int limit() const { return static_cast<int>(limit_); }

  // A call that began at `began_nanos` was answered at `now_nanos`, both of the
  // same monotonic clock; `in_flight` were under way, it among them.
  void OnAnswer(int64_t began_nanos, int64_t now_nanos, int in_flight) {
    const int64_t took = now_nanos - began_nanos;
    Observe(took, now_nanos);
    if (static_cast<double>(took) > options_.late_ratio * LeastNanos()) {
      Decrease(options_.late_decrease, began_nanos, now_nanos);
    } else if (in_flight >= limit()) {
      // A limit that is not used up says nothing of a higher one.
      limit_ = std::min(limit_ + 1 / limit_, double(options_.max));
    }
  }

  // A call that began at `began_nanos` found the peer overloaded, or not at
  // all.
  void OnOverload(int64_t began_nanos, int64_t now_nanos) {
    Decrease(options_.overload_decrease, began_nanos, now_nanos);
  }

 private:
  // Calls that began before the last decrease tell what it was an answer to.
  void Decrease(double factor, int64_t began_nanos, int64_t now_nanos) {
    if (began_nanos < decreased_nanos_) return;
    limit_ = std::max(limit_ * factor, 1.0);
    decreased_nanos_ = now_nanos;
  }

  void Observe(int64_t took_nanos, int64_t now_nanos) {
    const int64_t window = absl::ToInt64Nanoseconds(options_.window);
    if (least_ == kNone || now_nanos - window_began_nanos_ > window) {
      least_before_ = least_;
      least_ = took_nanos;
      window_began_nanos_ = now_nanos;
    }
    least_ = std::min(least_, took_nanos);
  }

  double LeastNanos() const {
    return static_cast<double>(std::min(least_, least_before_));
  }

  static constexpr int64_t kNone = INT64_MAX;

  const Options options_;
  double limit_ = 1;
  int64_t decreased_nanos_ = INT64_MIN;
  int64_t window_began_nanos_ = 0;
  int64_t least_ = kNone;
  int64_t least_before_ = kNone;
};

}  // namespace phoenix

#endif  // LIBS_BASE_ADAPTIVE_LIMIT_H_
