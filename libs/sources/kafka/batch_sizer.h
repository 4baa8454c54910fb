#ifndef LIBS_SOURCES_KAFKA_BATCH_SIZER_H_
#define LIBS_SOURCES_KAFKA_BATCH_SIZER_H_

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "absl/time/time.h"

namespace phoenix {

// How many records of a partition go into a batch: so many that its outcome is
// known soon. A position moves batch by batch, and what a process that dies has
// delivered of a batch comes again. Thread-safe.
class BatchSizer {
 public:
  static constexpr size_t kMin = 100;     // Fewer would cost more than they do.
  static constexpr size_t kFirst = 1000;  // Before anything is known.
  static constexpr size_t kMax = 10'000;  // More would save nothing.

  // An outcome within this time is soon; twice of it is late.
  static constexpr absl::Duration kSoon = absl::Seconds(1);

  size_t size() const { return size_; }

  // A batch has its outcome so long after it was offered.
  void Settled(absl::Duration took) {
    const size_t now = size_;
    if (took <= kSoon) {
      size_ = std::min(now * 2, kMax);
    } else if (took > 2 * kSoon) {
      size_ = std::max(now / 2, kMin);
    }
  }

 private:
  std::atomic<size_t> size_ = kFirst;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_BATCH_SIZER_H_
