#ifndef LIBS_FLOW_LANE_H_
#define LIBS_FLOW_LANE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/flow/executor.h"

namespace phoenix::flow {

// A thread with a bounded queue: tasks run one at a time, in the order in which
// they were given, so what they share needs no lock. The thread takes the whole
// queue at a time and is woken only when it sleeps. Thread-safe.
class Lane : public Executor {
 public:
  struct Options {
    // Named so in debuggers and `top`; the first 15 bytes count.
    std::string name = "lane";

    // Tasks waiting at most. In-process channels put one task each here
    // however many batches they carry, so this bounds channels, not batches.
    size_t max_tasks = 4096;
  };

  explicit Lane(Options options, Clock& clock = Clock::System());

  // Stops.
  ~Lane() override;

  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  absl::Status Run(Task task) override;
  void RunAfter(absl::Duration delay, Task task) override;

  // Takes no more tasks, runs those that wait (not those whose time has not
  // come), and ends the thread. Blocks until then. Idempotent; not to be called
  // on the lane.
  void Drain();

  // As Drain, but tasks that have not begun are destroyed unrun.
  void Stop();

 private:
  enum class Phase : uint8_t { kRunning, kDraining, kStopped };

  void Loop();
  bool TakeTasks(std::vector<Task>& tasks);
  void MoveDueTimers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Sleep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(Phase phase);

  const Options options_;
  Clock& clock_;
  Mutex mutex_;
  CondVar wake_;
  bool asleep_ ABSL_GUARDED_BY(mutex_) = false;
  Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kRunning;
  std::vector<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  std::multimap<int64_t, Task> timers_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> stopped_ = false;
  Mutex join_mutex_;
  std::thread thread_;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_LANE_H_
