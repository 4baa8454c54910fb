#ifndef TOOLS_PHOENIX_PAST_REPLAY_LOG_H_
#define TOOLS_PHOENIX_PAST_REPLAY_LOG_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/log.h"
#include "libs/log/retained/retained_log.h"

namespace phoenix {

// How far a replay is. Shared by the log and whoever watches it. Thread-safe.
struct ReplayProgress {
  struct Partition {
    std::atomic<bool> read_all = false;
    std::atomic<int64_t> read_end =
        0;  // One past the last event that was read.

    // Every event below has its outcome, or is not in the range. Whoever knows
    // where the range begins may say so beforehand.
    std::atomic<int64_t> settled_end = 0;
    std::atomic<uint64_t> unreadable_stretches = 0;

    bool finished() const { return read_all && settled_end >= read_end; }
  };

  explicit ReplayProgress(int32_t count)
      : partitions(static_cast<size_t>(count)) {}

  bool finished() const;
  uint64_t unreadable_stretches() const;

  std::atomic<bool> stopping = false;  // Set by the watcher: read no more.
  std::vector<Partition> partitions;   // Of the log.
};

// A range of what a log has kept, as the log of a pipeline that begins at the
// start of the range and takes nothing, with the same partitions: so a replay
// is delivered as a run after a restart delivers what it finds. Whoever replays
// wants events sent again: their identities name `log_name` instead of the log,
// since a sink that records what it has would pass over them otherwise. The log
// itself, its cursors too, stays as it is. Thread-safe.
class ReplayLog : public Log {
 public:
  // `range` is one that the log can split; `progress` has its partitions.
  ReplayLog(std::shared_ptr<const RetainedLog> retained, const LogRange& range,
            std::string log_name, std::shared_ptr<ReplayProgress> progress);

  Durability durability() const override { return Durability::kDisk; }
  FullPolicy full_policy() const override { return FullPolicy::kReject; }
  int32_t partition_count() const override {
    return retained_->partition_count();
  }

  // FAILED_PRECONDITION: nothing is taken.
  absl::Status Append(EventBatchPtr batch, uint64_t lane,
                      AppendCallback done) override;
  void WhenRoom(absl::AnyInvocable<void()>) override {}

  absl::StatusOr<std::unique_ptr<LogReader>> Read(int32_t partition,
                                                  int64_t from_offset) override;
  absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(int32_t partition,
                                                      absl::Time from) override;

  // In memory alone.
  absl::Status SetCursor(int32_t partition, int64_t offset) override;
  absl::StatusOr<int64_t> cursor(int32_t partition) const override;
  absl::Status SyncCursors() override { return absl::OkStatus(); }

  // Knows next_offset alone: that of the partition that goes furthest.
  LogStats Stats() const override;
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  absl::Status CheckPartition(int32_t partition) const;
  std::unique_ptr<LogReader> NewReader(LogRange range);
  ReplayProgress::Partition& progress(int32_t partition) const {
    return progress_->partitions[static_cast<size_t>(partition)];
  }

  const std::shared_ptr<const RetainedLog> retained_;
  const LogRange range_;
  const std::string log_name_;
  const std::shared_ptr<ReplayProgress> progress_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_REPLAY_LOG_H_
