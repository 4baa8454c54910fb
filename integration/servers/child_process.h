#ifndef INTEGRATION_SERVERS_CHILD_PROCESS_H_
#define INTEGRATION_SERVERS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace phoenix {

// A program that runs as long as this object, and never longer than the thread
// that started it: the kernel kills it when that ends, however it ends. So it
// is started by the test's main thread. Thread-compatible.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  // The program is searched on PATH.
    std::string directory;             // Where it runs.
    std::string log_file;              // Takes its output, at the end.

    // Whom it runs as when the test is root; empty: root. Servers that refuse
    // to be root need it.
    std::string user = {};
  };

  static absl::StatusOr<ChildProcess> Start(const Options& options);

  ChildProcess() = default;
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess() { Kill(); }

  // Whether it still runs.
  bool Running();

  // SIGKILL, and waits until it is gone. Does nothing when it is.
  void Kill();

  // SIGSTOP and SIGCONT: it is there, and does not answer.
  void Pause();
  void Resume();

  // Waits until it has ended by itself: OK when its exit status is 0.
  absl::Status Wait();

  pid_t pid() const { return pid_; }

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_ = 0;  // 0: none, or gone.
};

// Runs a program to its end: OK when its exit status is 0; otherwise the error
// has the last lines of its log.
absl::Status RunToEnd(const ChildProcess::Options& options);

// The last lines of a log, for errors.
std::string TailOf(const std::string& log_file);

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_CHILD_PROCESS_H_
