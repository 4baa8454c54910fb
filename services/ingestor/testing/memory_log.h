#ifndef SERVICES_INGESTOR_TESTING_MEMORY_LOG_H_
#define SERVICES_INGESTOR_TESTING_MEMORY_LOG_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/base/mutex.h"
#include "libs/flow/back_pressure.h"
#include "libs/flow/executor.h"
#include "libs/log/log.h"

namespace phoenix {

// A log of one partition that keeps everything in memory and does what a test
// says: refuses, fails, holds appends back. Its callbacks run on the executor,
// which stands for the log's thread. Thread-safe.
class MemoryLog : public Log {
 public:
  explicit MemoryLog(flow::Executor& executor) : executor_(executor) {}

  // From the beginning on.
  void SetFullPolicy(FullPolicy policy) { full_policy_ = policy; }

  // Appends that come while it is held are durable when it is released.
  void Hold() { SetHeld(true); }
  void Release() { SetHeld(false); }

  // Appends fail from now on: those that wait, too. OK: no more.
  void FailAppends(absl::Status status) {
    MutexLock lock(mutex_);
    append_error_ = std::move(status);
  }

  // Append refuses with this from now on.
  void RefuseAppends(absl::Status status) {
    MutexLock lock(mutex_);
    refusal_ = std::move(status);
  }

  // Append refuses until this is called with false.
  void SetFull(bool full) {
    std::vector<absl::AnyInvocable<void()>> waiting;
    {
      MutexLock lock(mutex_);
      full_ = full;
      if (!full) waiting.swap(when_room_);
    }
    for (auto& callback : waiting) Post(std::move(callback));
  }

  // The next read fails so.
  void FailNextRead(absl::Status status) {
    MutexLock lock(mutex_);
    read_error_ = std::move(status);
  }

  // The next batch begins so much later than the last one ended.
  void LeaveGap(int64_t events) {
    MutexLock lock(mutex_);
    next_offset_ += events;
  }

  // As FullPolicy::kDropOldest: what ends at or below `offset` is gone.
  void DropBelow(int64_t offset) {
    MutexLock lock(mutex_);
    std::vector<LogEntry> kept;
    for (const LogEntry& entry : entries_) {
      (entry.end_offset() <= offset ? dropped_ : kept).push_back(entry);
    }
    entries_ = std::move(kept);
    cursor_ = std::max(cursor_, offset);
  }

  // The next batch is the first of another run of the process.
  void BeginRun() {
    MutexLock lock(mutex_);
    begins_run_ = true;
  }

  Durability durability() const override { return Durability::kDisk; }
  FullPolicy full_policy() const override { return full_policy_; }
  int32_t partition_count() const override { return 1; }

  absl::Status Append(EventBatchPtr batch, uint64_t lane,
                      AppendCallback done) override {
    MutexLock lock(mutex_);
    if (closed_) return absl::FailedPreconditionError("log is closed");
    if (!refusal_.ok()) return refusal_;
    if (full_) {
      return flow::BackPressure("log 'memory'", "log is full",
                                absl::Milliseconds(100));
    }
    waiting_.push_back({std::move(batch), lane, std::move(done)});
    if (!held_) PostCommit();
    return absl::OkStatus();
  }

  void WhenRoom(absl::AnyInvocable<void()> callback) override {
    MutexLock lock(mutex_);
    if (full_) {
      when_room_.push_back(std::move(callback));
    } else {
      executor_.RunAfter(absl::ZeroDuration(), std::move(callback));
    }
  }

  absl::StatusOr<std::unique_ptr<LogReader>> Read(
      int32_t partition, int64_t from_offset) override {
    if (partition != 0) return absl::OutOfRangeError("no such partition");
    return std::make_unique<Reader>(*this, from_offset);
  }

  absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(int32_t,
                                                      absl::Time) override {
    return absl::UnimplementedError("time is not kept");
  }

  absl::Status SetCursor(int32_t, int64_t offset) override {
    MutexLock lock(mutex_);
    if (offset > next_offset_) return absl::OutOfRangeError("beyond the end");
    cursor_ = std::max(cursor_, offset);
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> cursor(int32_t) const override {
    MutexLock lock(mutex_);
    return cursor_;
  }

  absl::Status SyncCursors() override { return absl::OkStatus(); }

  LogStats Stats() const override {
    MutexLock lock(mutex_);
    LogStats stats;
    stats.cursor_offset = cursor_;
    stats.next_offset = next_offset_;
    stats.segments = 1;
    return stats;
  }

  absl::Status Close() override {
    MutexLock lock(mutex_);
    closed_ = true;
    return absl::OkStatus();
  }

 private:
  struct Appended {
    EventBatchPtr batch;
    uint64_t lane;
    AppendCallback done;
  };

  class Reader : public LogReader {
   public:
    Reader(MemoryLog& log, int64_t position)
        : log_(log), begin_(position), position_(position) {}

    absl::StatusOr<std::optional<LogEntry>> Next() override {
      MutexLock lock(log_.mutex_);
      if (!log_.read_error_.ok()) {
        return std::exchange(log_.read_error_, absl::OkStatus());
      }
      for (const LogEntry& entry : log_.entries_) {
        if (entry.end_offset() <= position_) continue;
        position_ = entry.end_offset();
        given_.insert(entry.first_offset);
        return entry;
      }
      return std::nullopt;
    }

    void WhenMore(absl::AnyInvocable<void()> callback) override {
      MutexLock lock(log_.mutex_);
      if (!log_.entries_.empty() &&
          log_.entries_.back().end_offset() > position_) {
        log_.executor_.RunAfter(absl::ZeroDuration(), std::move(callback));
      } else {
        log_.when_more_ = std::move(callback);
      }
    }

    int64_t position() const override { return position_; }

    std::optional<UnreadEvents> unread() const override {
      MutexLock lock(log_.mutex_);
      return UnreadEvents{.waiting = CountUnread(log_.entries_),
                          .dropped = CountUnread(log_.dropped_)};
    }

   private:
    uint64_t CountUnread(const std::vector<LogEntry>& entries) const {
      int64_t events = 0;
      for (const LogEntry& entry : entries) {
        if (given_.contains(entry.first_offset)) continue;
        events += std::max<int64_t>(
            0, entry.end_offset() - std::max(entry.first_offset, begin_));
      }
      return static_cast<uint64_t>(events);
    }

    MemoryLog& log_;
    const int64_t begin_;
    int64_t position_;
    std::set<int64_t> given_;
  };

  void Post(absl::AnyInvocable<void()> callback) {
    executor_.RunAfter(absl::ZeroDuration(), std::move(callback));
  }

  void SetHeld(bool held) {
    MutexLock lock(mutex_);
    held_ = held;
    if (!held) PostCommit();
  }

  void PostCommit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    executor_.RunAfter(absl::ZeroDuration(), [this] { Commit(); });
  }

  void Commit() {
    std::deque<Appended> group;
    std::vector<absl::StatusOr<EventBatchPtr>> results;
    absl::AnyInvocable<void()> when_more;
    {
      MutexLock lock(mutex_);
      group.swap(waiting_);
      for (const Appended& appended : group) results.push_back(Store(appended));
      when_more.swap(when_more_);
    }
    for (size_t i = 0; i < group.size(); ++i) group[i].done(results[i]);
    if (when_more) when_more();
  }

  absl::StatusOr<EventBatchPtr> Store(const Appended& appended)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!append_error_.ok()) return append_error_;
    EventBatch::Columns columns = appended.batch->columns();
    columns.identity = {.log = "memory", .first_offset = next_offset_};
    LogEntry entry{
        .batch = std::make_shared<const EventBatch>(std::move(columns)),
        .first_offset = next_offset_,
        .lane = appended.lane,
        .append_time = {},
        .may_begin_run = std::exchange(begins_run_, false)};
    next_offset_ = entry.end_offset();
    entries_.push_back(entry);
    return entry.batch;
  }

  flow::Executor& executor_;
  FullPolicy full_policy_ = FullPolicy::kBlock;
  mutable Mutex mutex_;
  std::deque<Appended> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<LogEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::vector<LogEntry> dropped_ ABSL_GUARDED_BY(mutex_);
  bool begins_run_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<absl::AnyInvocable<void()>> when_room_ ABSL_GUARDED_BY(mutex_);
  absl::AnyInvocable<void()> when_more_ ABSL_GUARDED_BY(mutex_);
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  absl::Status append_error_ ABSL_GUARDED_BY(mutex_);
  absl::Status read_error_ ABSL_GUARDED_BY(mutex_);
  int64_t cursor_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t next_offset_ ABSL_GUARDED_BY(mutex_) = 0;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_TESTING_MEMORY_LOG_H_
