#ifndef LIBS_SOURCES_FILE_LINE_FINDER_H_
#define LIBS_SOURCES_FILE_LINE_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace phoenix {

// Numbers the lines of an open file, from 1, for the few that somebody must be
// told of. Reads the file once as long as what is asked for ascends; begins
// anew when it does not. Used by one thread.
class LineFinder {
 public:
  // What is read at once.
  static constexpr size_t kReadBytes = 64 << 10;

  // `fd` stays open for as long as the finder is used.
  explicit LineFinder(int fd) : fd_(fd) {}

  // The line in which `offset` lies.
  uint64_t LineAt(uint64_t offset);

  // The first bytes of a line, without its end: at most `max_bytes`. Empty
  // when the file has no such line.
  std::string ReadLine(uint64_t line, size_t max_bytes);

 private:
  void GoToLine(uint64_t line);

  int fd_;
  // `line_` is the line in which `offset_` lies.
  uint64_t offset_ = 0;
  uint64_t line_ = 1;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_LINE_FINDER_H_
