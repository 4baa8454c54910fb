#include "libs/flow/lane.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace phoenix::flow {

Lane::Lane(Options options, Clock& clock)
    : options_(std::move(options)), clock_(clock), thread_([this] { Loop(); }) {
  // Linux takes names of 15 bytes.
  pthread_setname_np(thread_.native_handle(),
                     options_.name.substr(0, 15).c_str());
}

Lane::~Lane() { Stop(); }

absl::Status Lane::Run(Task task) {
  MutexLock lock(mutex_);
  if (phase_ != Phase::kRunning) {
    return absl::FailedPreconditionError(
        absl::StrCat("lane '", options_.name, "' has stopped"));
  }
  if (tasks_.size() >= options_.max_tasks) {
    return absl::ResourceExhaustedError(
        absl::StrCat("lane '", options_.name, "' has ", tasks_.size(),
                     " tasks waiting, at most ", options_.max_tasks));
  }
  tasks_.push_back(std::move(task));
  if (asleep_) wake_.NotifyOne();
  return absl::OkStatus();
}

void Lane::RunAfter(absl::Duration delay, Task task) {
  const int64_t due = clock_.MonotonicNanos() + absl::ToInt64Nanoseconds(delay);
  MutexLock lock(mutex_);
  if (phase_ != Phase::kRunning) return;
  const bool first = timers_.empty() || due < timers_.begin()->first;
  timers_.emplace(due, std::move(task));
  if (asleep_ && first) wake_.NotifyOne();
}

void Lane::Loop() {
  std::vector<Task> tasks;
  while (TakeTasks(tasks)) {
    for (Task& task : tasks) {
      if (stopped_) break;
      task();
    }
    tasks.clear();
  }
}

bool Lane::TakeTasks(std::vector<Task>& tasks) {
  MutexLock lock(mutex_);
  while (phase_ != Phase::kStopped) {
    MoveDueTimers();
    if (!tasks_.empty()) {
      tasks.swap(tasks_);
      return true;
    }
    if (phase_ == Phase::kDraining) return false;
    Sleep();
  }
  return false;
}

void Lane::MoveDueTimers() {
  if (timers_.empty()) return;
  const int64_t now = clock_.MonotonicNanos();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    tasks_.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
}

void Lane::Sleep() {
  asleep_ = true;
  if (timers_.empty()) {
    wake_.Wait(mutex_);
  } else {
    const int64_t until = timers_.begin()->first - clock_.MonotonicNanos();
    wake_.WaitFor(mutex_, std::chrono::nanoseconds(until));
  }
  asleep_ = false;
}

void Lane::Drain() { End(Phase::kDraining); }

void Lane::Stop() {
  stopped_ = true;
  End(Phase::kStopped);
}

void Lane::End(Phase phase) {
  {
    MutexLock lock(mutex_);
    phase_ = std::max(phase_, phase);
    wake_.NotifyOne();
  }
  {
    MutexLock lock(join_mutex_);
    if (thread_.joinable()) thread_.join();
  }
  std::vector<Task> unrun;  // Destroyed after the lock is given up.
  std::multimap<int64_t, Task> timers;
  MutexLock lock(mutex_);
  unrun.swap(tasks_);
  timers.swap(timers_);
}

}  // namespace phoenix::flow
