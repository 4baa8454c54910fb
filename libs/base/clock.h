#ifndef LIBS_BASE_CLOCK_H_
#define LIBS_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace phoenix {

// Where time comes from: injected wherever time matters, so that tests and the
// simulation move it by hand. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time: for what people and other systems read.
  virtual absl::Time Now() const = 0;

  // Nanoseconds that never go back: for durations and deadlines. The origin is
  // arbitrary.
  virtual int64_t MonotonicNanos() const = 0;

  // The machine's clock; lives for ever.
  static Clock& System();
};

// A clock that stands still until it is told to advance. Thread-safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1'700'000'000))
      : nanos_(absl::ToUnixNanos(start)) {}

  absl::Time Now() const override { return absl::FromUnixNanos(nanos_); }
  int64_t MonotonicNanos() const override { return nanos_; }

  void Advance(absl::Duration by) { nanos_ += absl::ToInt64Nanoseconds(by); }

 private:
  std::atomic<int64_t> nanos_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_CLOCK_H_
