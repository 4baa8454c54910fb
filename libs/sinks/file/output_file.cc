#include "libs/sinks/file/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/io/errno_status.h"
#include "libs/io/write_all.h"

namespace phoenix {

OutputFile::OutputFile(OpenedFile file, size_t buffer_bytes)
    : file_(std::move(file)),
      capacity_(buffer_bytes),
      buffer_(std::make_unique_for_overwrite<char[]>(buffer_bytes)),
      written_(file_.size) {
  // A writer that died left half a line: ours must not be glued to it.
  if (!file_.ends_in_line) Append("");
}

absl::Status OutputFile::WriteOut() {
  return Write({buffer_.get(), std::exchange(used_, 0)});
}

absl::Status OutputFile::WriteLongLine(std::string_view line) {
  std::string bytes;
  bytes.reserve(line.size() + 1);
  bytes.append(line).push_back('\n');
  return Write(bytes);
}

absl::Status OutputFile::Write(std::string_view bytes) {
  const int error = WriteAll(file_.fd.get(), bytes);
  if (error == 0) {
    written_ += bytes.size();
    return absl::OkStatus();
  }
  const bool undone = ftruncate(file_.fd.get(), written_) == 0;
  return ErrnoStatus(
      error, absl::StrFormat("cannot write '%s'%s", file_.path,
                             undone ? "" : " and cannot undo a part of it"));
}

}  // namespace phoenix
