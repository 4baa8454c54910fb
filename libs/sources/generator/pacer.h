#ifndef LIBS_SOURCES_GENERATOR_PACER_H_
#define LIBS_SOURCES_GENERATOR_PACER_H_

#include <algorithm>
#include <cstdint>

namespace phoenix {

// Says how many events are due at a rate. A time in which nothing could be sent
// is made up for, but only a second of it: a burst stays a burst.
// Thread-compatible.
class Pacer {
 public:
  // `rate`: events a second, positive. Times are monotonic nanoseconds.
  Pacer(double rate, int64_t start_nanos) : rate_(rate), last_(start_nanos) {}

  // How many events are due now; Take counts those that are sent.
  uint64_t Due(int64_t now_nanos) {
    const double seconds = static_cast<double>(now_nanos - last_) * 1e-9;
    last_ = now_nanos;
    due_ = std::min(due_ + rate_ * seconds, std::max(rate_, 1.0));
    return static_cast<uint64_t>(due_);
  }
  void Take(uint64_t events) { due_ -= static_cast<double>(events); }

 private:
  const double rate_;
  int64_t last_;
  double due_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GENERATOR_PACER_H_
