#ifndef LIBS_FLOW_EXECUTOR_H_
#define LIBS_FLOW_EXECUTOR_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace phoenix::flow {

// Runs tasks later: a lane's thread in a service, a seeded scheduler in the
// simulation. Thread-safe.
class Executor {
 public:
  using Task = absl::AnyInvocable<void()>;

  virtual ~Executor() = default;

  // Runs `task` soon, after those given before. RESOURCE_EXHAUSTED when the
  // executor's queue is full, FAILED_PRECONDITION when it has stopped; the task
  // is destroyed unrun then.
  virtual absl::Status Run(Task task) = 0;

  // Runs `task` once `delay` has passed; never when the executor stops first.
  virtual void RunAfter(absl::Duration delay, Task task) = 0;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_EXECUTOR_H_
