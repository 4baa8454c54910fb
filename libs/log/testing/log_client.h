#ifndef LIBS_LOG_TESTING_LOG_CLIENT_H_
#define LIBS_LOG_TESTING_LOG_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/log/log.h"

namespace phoenix {

// Far beyond what anything takes that a test waits for: a hang is a failure.
inline constexpr std::chrono::seconds kTestDeadline{60};

// A value that a callback brings. Copies share it. Thread-safe.
template <typename T>
class Awaited {
 public:
  void Set(T value) const {
    MutexLock lock(state_->mutex);
    state_->value = std::move(value);
    state_->changed.NotifyAll();
  }

  // None when it has not come by the deadline.
  std::optional<T> Get(
      std::chrono::nanoseconds deadline = kTestDeadline) const {
    const auto end = std::chrono::steady_clock::now() + deadline;
    MutexLock lock(state_->mutex);
    while (!state_->value) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds(0)) break;
      state_->changed.WaitFor(state_->mutex, left);
    }
    return state_->value;
  }

 private:
  struct State {
    Mutex mutex;
    CondVar changed;
    std::optional<T> value ABSL_GUARDED_BY(mutex);
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

// Knows which partitions are this instance's. Thread-safe.
class AssignedPartitions : public PartitionListener {
 public:
  absl::Status OnAssigned(int32_t partition) override;
  void OnRevoked(const std::vector<int32_t>& partitions,
                 absl::Duration patience) override;

  // Waits until there are `count`, and returns them, sorted; what there is when
  // the deadline has passed.
  std::vector<int32_t> WaitFor(size_t count);

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<int32_t> partitions_ ABSL_GUARDED_BY(mutex_);
};

// Appends, and waits until the batch is durable.
absl::StatusOr<EventBatchPtr> AppendAndWait(Log& log, EventBatchPtr batch,
                                            uint64_t lane = 0);

// The next entry, waited for; none by the deadline.
std::optional<LogEntry> ReadAndWait(LogReader& reader);

// The next `count` entries; fewer by the deadline.
std::vector<LogEntry> ReadAndWait(LogReader& reader, size_t count);

// A batch of one event with this payload, or of several.
EventBatchPtr BatchOf(const std::vector<std::string>& payloads);

// The payloads of entries.
std::vector<std::string> PayloadsOf(const std::vector<LogEntry>& entries);

}  // namespace phoenix

#endif  // LIBS_LOG_TESTING_LOG_CLIENT_H_
