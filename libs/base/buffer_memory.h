#ifndef LIBS_BASE_BUFFER_MEMORY_H_
#define LIBS_BASE_BUFFER_MEMORY_H_

#include <cstddef>

namespace phoenix {

// Buffers up to this size are kept; larger ones go back to the kernel.
// A read buffer, a message and the payloads of a batch are below it.
inline constexpr size_t kMaxKeptBufferBytes = 4 << 20;

// How much freed memory an arena of the allocator keeps at most at its end; it
// has one a core. What is in flight at full speed, several batches deep.
inline constexpr size_t kMaxKeptBytesPerArena = 16 << 20;

// What all arenas keep at most.
size_t MaxKeptBytes();

// Tells the allocator to keep what is freed for the next batch. Left to itself
// glibc gives a freed blob back to the kernel, and the next one takes a page
// fault for each of its pages: a third of the time of a hop. Call it first in
// main: it changes the whole process, and arenas that are there already stay.
// Does nothing where a sanitizer has replaced the allocator.
void KeepFreedBuffers();

}  // namespace phoenix

#endif  // LIBS_BASE_BUFFER_MEMORY_H_
