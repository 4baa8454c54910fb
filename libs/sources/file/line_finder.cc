#include "libs/sources/file/line_finder.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace phoenix {
namespace {

// At most `size` bytes; empty at the end of the file.
std::string_view ReadAt(int fd, uint64_t offset, size_t size,
                        std::string& buffer) {
  buffer.resize(size);
  const ssize_t got =
      pread(fd, buffer.data(), size, static_cast<off_t>(offset));
  buffer.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return buffer;
}

}  // namespace

uint64_t LineFinder::LineAt(uint64_t offset) {
  if (offset < offset_) *this = LineFinder(fd_);
  std::string buffer;
  while (offset_ < offset) {
    const size_t size = std::min<uint64_t>(offset - offset_, kReadBytes);
    const std::string_view text = ReadAt(fd_, offset_, size, buffer);
    if (text.empty()) break;
    line_ += std::count(text.begin(), text.end(), '\n');
    offset_ += text.size();
  }
  return line_;
}

std::string LineFinder::ReadLine(uint64_t line, size_t max_bytes) {
  GoToLine(line);
  if (line_ != line) return "";
  std::string buffer;
  ReadAt(fd_, offset_, max_bytes, buffer);
  buffer.resize(std::min(buffer.find('\n'), buffer.size()));
  return buffer;
}

// To the line's beginning, or to the end of the file.
void LineFinder::GoToLine(uint64_t line) {
  if (line <= line_) {
    offset_ = 0;
    line_ = 1;
  }
  std::string buffer;
  while (line_ < line) {
    const std::string_view text = ReadAt(fd_, offset_, kReadBytes, buffer);
    if (text.empty()) return;
    size_t at = 0;
    while (line_ < line && at < text.size()) {
      const size_t newline = text.find('\n', at);
      if (newline != std::string_view::npos) ++line_;
      at = std::min(newline, text.size() - 1) + 1;
    }
    offset_ += at;
  }
}

}  // namespace phoenix
