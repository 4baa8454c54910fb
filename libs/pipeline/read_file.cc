#include "libs/pipeline/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr size_t kReadBytes = 64 << 10;

absl::Status ErrnoStatus(const std::string& path) {
  return absl::ErrnoToStatus(errno, Cat("file '", path, "' can't be read"));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t max_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(path);
  const absl::Cleanup close_fd = [fd] { close(fd); };
  std::string bytes;
  while (true) {
    const size_t size = bytes.size();
    bytes.resize(size + kReadBytes);
    const ssize_t got = read(fd, bytes.data() + size, kReadBytes);
    if (got < 0 && errno != EINTR) return ErrnoStatus(path);
    bytes.resize(size + static_cast<size_t>(got < 0 ? 0 : got));
    if (got == 0) return bytes;
    if (bytes.size() > max_bytes) {
      return absl::FailedPreconditionError(
          Cat("file '", path, "' is larger than ", max_bytes, " bytes"));
    }
  }
}

}  // namespace phoenix
