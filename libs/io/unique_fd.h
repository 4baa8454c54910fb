#ifndef LIBS_IO_UNIQUE_FD_H_
#define LIBS_IO_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace phoenix {

// Owns a file descriptor and closes it. Thread-compatible.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

  // Closes; what close says is of no use any more.
  void Reset() {
    if (valid()) close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

}  // namespace phoenix

#endif  // LIBS_IO_UNIQUE_FD_H_
