#ifndef LIBS_LOG_EMBEDDED_APPEND_QUEUE_H_
#define LIBS_LOG_EMBEDDED_APPEND_QUEUE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "libs/log/embedded/pending_append.h"

namespace phoenix {

// Batches that wait to be stored, first come first served, bounded by their
// bytes. Thread-compatible: the log guards it.
class AppendQueue {
 public:
  explicit AppendQueue(uint64_t max_bytes) : max_bytes_(max_bytes) {}

  // Whether so many bytes more may wait. One batch always may, whatever its
  // size: no bound is so tight that nothing moves.
  bool HasRoomFor(uint64_t bytes) const {
    return bytes_ == 0 || bytes_ + bytes <= max_bytes_;
  }

  void Push(PendingAppend append);

  // Takes the first batches of at most `max_bytes` together, or the first.
  std::vector<PendingAppend> TakeGroup(uint64_t max_bytes);

  // What was taken by TakeGroup has been stored, or refused.
  void Finished(uint64_t bytes) { bytes_ -= bytes; }

  bool empty() const { return waiting_.empty(); }

  // Of what waits and of what was taken and has not finished.
  uint64_t bytes() const { return bytes_; }

 private:
  const uint64_t max_bytes_;
  std::deque<PendingAppend> waiting_;
  uint64_t bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_APPEND_QUEUE_H_
