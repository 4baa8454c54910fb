#ifndef LIBS_NET_OWNED_FD_H_
#define LIBS_NET_OWNED_FD_H_

#include <unistd.h>

#include <utility>

namespace phoenix {

// A file descriptor that is closed with its owner. Move-only.
// Thread-compatible.
class OwnedFd {
 public:
  OwnedFd() = default;
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(other.Release()) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  ~OwnedFd() { Reset(); }

  // Negative when there is none.
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Gives the descriptor away.
  int Release() { return std::exchange(fd_, -1); }

  // Closes what it had and takes `fd`.
  void Reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace phoenix

#endif  // LIBS_NET_OWNED_FD_H_
