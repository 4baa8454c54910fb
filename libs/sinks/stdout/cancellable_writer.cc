#include "libs/sinks/stdout/cancellable_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace phoenix {
namespace {

// How long a wait may go on after Cancel.
constexpr int kLookMillis = 100;

bool IsRegularFile(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

CancellableWriter::CancellableWriter(int fd)
    : fd_(fd), never_waits_(IsRegularFile(fd)) {}

int CancellableWriter::Write(std::string_view lines, size_t& written) {
  written = 0;
  while (written < lines.size()) {
    if (!never_waits_ && !WaitForRoom()) return ECANCELED;
    const std::string_view left = lines.substr(written);
    const ssize_t count = write(fd_, left.data(), PieceOf(left));
    if (count >= 0) {
      written += count;
    } else if (errno != EINTR && errno != EAGAIN) {
      return errno;
    }
  }
  return 0;
}

// False when it was cancelled and there is none.
bool CancellableWriter::WaitForRoom() const {
  while (true) {
    const bool last = cancelled_;
    pollfd descriptor = {.fd = fd_, .events = POLLOUT, .revents = 0};
    const int found = poll(&descriptor, 1, last ? 0 : kLookMillis);
    // What is wrong with the descriptor, the write will say.
    if (found > 0 || (found < 0 && errno != EINTR)) return true;
    if (last) return false;
  }
}

size_t CancellableWriter::PieceOf(std::string_view lines) const {
  if (never_waits_ || lines.size() <= kMaxPiece) return lines.size();
  const size_t end = lines.rfind('\n', kMaxPiece - 1);
  return end == std::string_view::npos ? kMaxPiece : end + 1;
}

}  // namespace phoenix
