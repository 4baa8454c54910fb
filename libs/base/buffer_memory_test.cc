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

class BufferMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kHasGlibcAllocator) GTEST_SKIP() << "another allocator";
    KeepFreedBuffers();
  }
};

TEST_F(BufferMemoryTest, ReusesTheMemoryOfBuffersThatWereFreed) {
  EXPECT_LT(FaultsOfReuse(kMaxKeptBufferBytes - 4096), 200);
}

TEST_F(BufferMemoryTest, GivesBackWhatIsTooLargeToKeep) {
  EXPECT_GT(FaultsOfReuse(kMaxKeptBytesPerArena), 10'000);
}

}  // namespace
}  // namespace phoenix
