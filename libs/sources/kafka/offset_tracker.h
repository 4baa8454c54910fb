#ifndef LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_
#define LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"

namespace phoenix {

// How far into a partition every record has its final outcome. Offers are begun
// in order and settle in any; the position moves over a settled prefix only.
// Thread-safe.
class OffsetTracker {
 public:
  explicit OffsetTracker(int64_t start) : position_(start) {}

  // An offer is about to be made, with which all before the offset `end` has
  // been offered; returns its number.
  uint64_t Begin(int64_t end);

  // The offer that was begun last was not taken.
  void Withdraw();

  // The offer was settled: each row finally, or some are to be read again.
  void Settle(uint64_t offer, bool finally);

  // The offset to go on from: of the first record without final outcome.
  int64_t position() const;

  // Whether something that was settled is to be read again: the position will
  // never pass it.
  bool must_read_again() const;

  // Waits until every offer has settled; false when that takes longer.
  bool WaitUntilSettled(absl::Duration timeout);

 private:
  enum class State : uint8_t { kOpen, kFinal, kReadAgain };
  struct Offer {
    int64_t end;
    State state;
  };

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Offer> offers_ ABSL_GUARDED_BY(mutex_);
  uint64_t first_ ABSL_GUARDED_BY(mutex_) = 0;  // Number of the first of them.
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool read_again_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t position_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_
