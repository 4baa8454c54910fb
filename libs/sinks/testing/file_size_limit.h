#ifndef LIBS_SINKS_TESTING_FILE_SIZE_LIMIT_H_
#define LIBS_SINKS_TESTING_FILE_SIZE_LIMIT_H_

#include <signal.h>
#include <sys/resource.h>

namespace phoenix {

// While it lives, the process writes files up to this size only: a write ends
// where the disk would be full, for tests that may not mount a small one.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = {.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_TESTING_FILE_SIZE_LIMIT_H_
