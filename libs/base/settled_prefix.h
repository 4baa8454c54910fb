#ifndef LIBS_BASE_SETTLED_PREFIX_H_
#define LIBS_BASE_SETTLED_PREFIX_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"

namespace phoenix {

// How far into a file or a log everything has its final outcome. Chunks are
// added in order and settle in any; the position moves over a settled prefix
// only, and over gaps between chunks with it. Grows with the chunks that have
// not settled: whoever adds bounds those. Thread-safe.
class SettledPrefix {
 public:
  explicit SettledPrefix(uint64_t start) : position_(start) {}

  // A chunk that ends at `end`, not before the one added last, and settles in
  // so many parts; none: it has settled. Returns its number.
  uint64_t Add(uint64_t end, size_t parts = 1);

  // One part of the chunk has only final outcomes. Returns the position.
  uint64_t Settle(uint64_t chunk);

  // Everything below has settled.
  uint64_t position() const;

  // Whether every chunk has settled.
  bool settled() const;

 private:
  struct Chunk {
    uint64_t end = 0;
    size_t unsettled = 0;  // Parts.
  };

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::deque<Chunk> chunks_ ABSL_GUARDED_BY(mutex_);
  uint64_t first_chunk_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t position_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_BASE_SETTLED_PREFIX_H_
