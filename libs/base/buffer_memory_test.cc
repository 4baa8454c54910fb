#include "libs/base/buffer_memory.h"

#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasGlibcAllocator = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kHasGlibcAllocator = false;
#else
constexpr bool kHasGlibcAllocator = true;
#endif
#else
constexpr bool kHasGlibcAllocator = true;
#endif

// Allocates a few buffers, writes to every page, and frees them.
void UseBuffers(size_t size) {
  std::unique_ptr<char[]> buffers[3];
  for (auto& buffer : buffers) {
    buffer = std::make_unique_for_overwrite<char[]>(size);
    std::memset(buffer.get(), 1, size);
  }
}

long PageFaults() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Page faults of using such buffers ten times, once they have been used.
long FaultsOfReuse(size_t size) {
  UseBuffers(size);
  const long before = PageFaults();
  for (int i = 0; i < 10; ++i) UseBuffers(size);
  return PageFaults() - before;
}

TEST(BufferMemoryTest, KeepsWhatWasFreedUpToALimit) {
  KeepFreedBuffers();
  const long small = FaultsOfReuse(kMaxKeptBufferBytes - 4096);
  const long large = FaultsOfReuse(kMaxKeptBytesPerArena);
  // A sanitizer's allocator keeps what it likes.
  EXPECT_TRUE(!kHasGlibcAllocator || small < 200) << small;
  EXPECT_TRUE(!kHasGlibcAllocator || large > 10'000) << large;
}

}  // namespace
}  // namespace phoenix
