#include "libs/base/buffer_memory.h"

#include <malloc.h>

#include <algorithm>
#include <thread>

namespace phoenix {
namespace {

unsigned ArenaCount() {
  return std::max(std::thread::hardware_concurrency(), 1u);
}

}  // namespace

size_t MaxKeptBytes() { return ArenaCount() * kMaxKeptBytesPerArena; }

void KeepFreedBuffers() {
  mallopt(M_MMAP_THRESHOLD, kMaxKeptBufferBytes);
  mallopt(M_TRIM_THRESHOLD, kMaxKeptBytesPerArena);
  mallopt(M_ARENA_MAX, static_cast<int>(ArenaCount()));
}

}  // namespace phoenix
