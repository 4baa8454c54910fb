#include "libs/sources/file/file_head.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace phoenix {

void FileHead::Extend(std::string_view bytes) {
  bytes = bytes.substr(0, kMaxBytes - size);
  if (bytes.empty()) return;
  crc = static_cast<uint32_t>(
      crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()),
            static_cast<uInt>(bytes.size())));
  size += static_cast<uint32_t>(bytes.size());
}

FileHead ReadFileHead(int fd, uint64_t size) {
  std::array<char, FileHead::kMaxBytes> bytes;
  const uint64_t wanted = std::min<uint64_t>(size, bytes.size());
  const ssize_t got = pread(fd, bytes.data(), wanted, 0);
  FileHead head;
  if (got > 0) head.Extend({bytes.data(), static_cast<size_t>(got)});
  return head;
}

bool HasHead(int fd, const FileHead& head) {
  return ReadFileHead(fd, head.size) == head;
}

}  // namespace phoenix
