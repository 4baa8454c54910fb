#ifndef LIBS_FLOW_SIMULATION_SCHEDULER_H_
#define LIBS_FLOW_SIMULATION_SCHEDULER_H_

#include <cstdint>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/random.h"
#include "libs/flow/executor.h"

namespace phoenix::flow::simulation {

// The world's only thread, clock and source of chance: runs tasks by the time
// they are due, ties in the order in which they came, and lets time pass only
// between tasks. The same seed gives the same run. Thread-compatible.
class Scheduler : public Executor, public Clock {
 public:
  explicit Scheduler(uint64_t seed) : random_(seed) {}

  absl::Status Run(Task task) override {
    RunAfter(absl::ZeroDuration(), std::move(task));
    return absl::OkStatus();
  }
  void RunAfter(absl::Duration delay, Task task) override {
    const int64_t due = now_ + absl::ToInt64Nanoseconds(delay);
    tasks_.emplace(std::pair(due, ++last_task_), std::move(task));
  }

  absl::Time Now() const override { return absl::FromUnixNanos(now_); }
  int64_t MonotonicNanos() const override { return now_; }
  absl::Duration elapsed() const { return absl::Nanoseconds(now_); }

  // Runs the next task; false when there is none.
  bool Step() {
    if (tasks_.empty()) return false;
    auto next = tasks_.extract(tasks_.begin());
    now_ = next.key().first;
    next.mapped()();
    return true;
  }

  Random& random() { return random_; }

  // Uniform between nothing and `most`.
  absl::Duration RandomDelay(absl::Duration most) {
    return most * random_.Uniform();
  }

 private:
  Random random_;
  int64_t now_ = 0;
  uint64_t last_task_ = 0;
  std::map<std::pair<int64_t, uint64_t>, Task> tasks_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_SCHEDULER_H_
