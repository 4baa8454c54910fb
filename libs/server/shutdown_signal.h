#ifndef LIBS_SERVER_SHUTDOWN_SIGNAL_H_
#define LIBS_SERVER_SHUTDOWN_SIGNAL_H_

#include <csignal>

#include "absl/time/time.h"

namespace phoenix {

// SIGINT and SIGTERM as something that a main thread waits for: the first asks
// for a graceful end, a second ends the process at once.
//
// Construct it first thing in main, before any thread starts: the signals are
// blocked in the constructing thread and in all that it starts, so that none of
// them is interrupted. Used by that one thread.
class ShutdownSignal {
 public:
  ShutdownSignal();

  // Waits until a signal comes, at most `timeout`; true when one came.
  bool WaitFor(absl::Duration timeout);

  // From now on a signal ends the process at once, with exit status 128 plus
  // its number: for the time in which the first one is obeyed.
  void ExitOnNext();

 private:
  sigset_t signals_;
};

}  // namespace phoenix

#endif  // LIBS_SERVER_SHUTDOWN_SIGNAL_H_
