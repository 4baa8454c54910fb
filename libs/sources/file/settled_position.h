#ifndef LIBS_SOURCES_FILE_SETTLED_POSITION_H_
#define LIBS_SOURCES_FILE_SETTLED_POSITION_H_

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"

namespace phoenix {

// How far into a file every row has its final outcome. Chunks are added in
// order and settle in any; the position moves over a settled prefix only.
// Thread-safe.
class SettledPosition {
 public:
  explicit SettledPosition(uint64_t start) : offset_(start) {}

  // A chunk that ends at `end` and makes so many batches; returns its number.
  uint64_t Add(uint64_t end, size_t batches);

  // One batch of the chunk has only final outcomes.
  void Settle(uint64_t chunk);

  uint64_t offset() const;

  // Whether every chunk has settled.
  bool settled() const;

 private:
  struct Chunk {
    uint64_t end = 0;
    size_t unsettled = 0;  // Batches.
  };

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::deque<Chunk> chunks_ ABSL_GUARDED_BY(mutex_);
  uint64_t first_chunk_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t offset_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_SETTLED_POSITION_H_
