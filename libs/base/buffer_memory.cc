#include "libs/base/buffer_memory.h"

#include <malloc.h>

#include <algorithm>
#include <thread>

namespace phoenix {

void KeepFreedBuffers() {
  mallopt(M_MMAP_THRESHOLD, kMaxKeptBufferBytes);
  mallopt(M_TRIM_THRESHOLD, kMaxKeptBytesPerArena);
  const unsigned cores = std::thread::hardware_concurrency();
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(cores, 1u)));
}

}  // namespace phoenix
