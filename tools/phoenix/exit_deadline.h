#ifndef TOOLS_PHOENIX_EXIT_DEADLINE_H_
#define TOOLS_PHOENIX_EXIT_DEADLINE_H_

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "libs/component/sink_decorators/stop_signal.h"

namespace phoenix {

// The last resort of a stop: does something, once, when it is still there after
// a time. Every part has a way to end its waits; this is for what hangs all the
// same, in the kernel or in a library. Used by one thread.
class ExitDeadline {
 public:
  // `act` is called on a thread of its own.
  ExitDeadline(absl::Duration after, std::function<void()> act);

  // In time: `act` is not called any more. If it runs, it is waited for.
  ~ExitDeadline();

  ExitDeadline(const ExitDeadline&) = delete;
  ExitDeadline& operator=(const ExitDeadline&) = delete;

 private:
  StopSignal in_time_;
  std::thread thread_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_EXIT_DEADLINE_H_
