#ifndef LIBS_SINKS_FILE_OUTPUT_FILE_H_
#define LIBS_SINKS_FILE_OUTPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/sinks/file/confined_directory.h"

namespace phoenix {

// A file of lines with a buffer before it. What it writes is all or nothing: a
// write that fails half-way is taken back, so that the file holds whole lines
// only and none of them twice. Thread-compatible.
class OutputFile {
 public:
  OutputFile(OpenedFile file, size_t buffer_bytes);

  // Whether a line of that size can be appended now.
  bool Fits(size_t line_size) const { return line_size < capacity_ - used_; }

  // Copies a line, without line end, into the buffer. It must fit.
  void Append(std::string_view line) {
    char* at = buffer_.get() + used_;
    std::memcpy(at, line.data(), line.size());
    at[line.size()] = '\n';
    used_ += line.size() + 1;
  }

  // Gives the buffer to the operating system; it is empty afterwards, even when
  // that failed.
  absl::Status WriteOut();

  // Writes a line that is larger than the buffer, which must be empty.
  absl::Status WriteLongLine(std::string_view line);

  // Bytes in the file, those in the buffer among them.
  uint64_t size() const { return written_ + used_; }
  // Of them, those that the operating system has.
  uint64_t written() const { return written_; }
  bool buffer_empty() const { return used_ == 0; }
  const OpenedFile& file() const { return file_; }

 private:
  absl::Status Write(std::string_view bytes);

  const OpenedFile file_;
  const size_t capacity_;
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
  uint64_t written_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_OUTPUT_FILE_H_
