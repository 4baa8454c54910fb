#ifndef LIBS_SOURCES_FILE_FILE_HEAD_H_
#define LIBS_SOURCES_FILE_FILE_HEAD_H_

#include <cstdint>
#include <string_view>

namespace phoenix {

// What a file begins with, as a length and a checksum. A log never changes its
// beginning, so it tells a file from another that has its inode or its place
// by now. Two files that begin alike are not told apart.
struct FileHead {
  // Enough to differ in some time stamp, cheap to look at again and again.
  static constexpr uint32_t kMaxBytes = 1024;

  uint32_t size = 0;  // In bytes, at most kMaxBytes; 0: nothing is known.
  uint32_t crc = 0;   // CRC-32 of them.

  // `bytes` follow in the file. Those beyond kMaxBytes don't count.
  void Extend(std::string_view bytes);

  friend bool operator==(const FileHead&, const FileHead&) = default;
};

// The head of an open file, of at most `size` bytes; shorter when the file is.
FileHead ReadFileHead(int fd, uint64_t size);

// Whether the file begins so, and maybe goes on.
bool HasHead(int fd, const FileHead& head);

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FILE_HEAD_H_
