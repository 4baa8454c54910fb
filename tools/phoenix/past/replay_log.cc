#include "tools/phoenix/past/replay_log.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/status_macros.h"

namespace phoenix {
namespace {

EventBatchPtr Renamed(const EventBatch& batch, const std::string& log_name) {
  EventBatch::Columns columns = batch.columns();
  columns.identity.log = log_name;
  return std::make_shared<const EventBatch>(std::move(columns));
}

class ReplayReader : public LogReader {
 public:
  ReplayReader(std::unique_ptr<RetainedReader> reader, std::string log_name,
               ReplayProgress& progress)
      : reader_(std::move(reader)),
        log_name_(std::move(log_name)),
        progress_(progress) {}

  absl::StatusOr<std::optional<LogEntry>> Next() override {
    if (progress_.stopping) return std::nullopt;
    PHOENIX_ASSIGN_OR_RETURN(auto entry, reader_->Next());
    if (entry) {
      progress_.read_end = entry->end_offset();
      entry->batch = Renamed(*entry->batch, log_name_);
    } else {
      progress_.unreadable_stretches = reader_->unreadable_stretches();
      progress_.read_all = true;
    }
    return entry;
  }

  void WhenMore(absl::AnyInvocable<void()>) override {}
  int64_t position() const override { return reader_->position(); }

 private:
  const std::unique_ptr<RetainedReader> reader_;
  const std::string log_name_;
  ReplayProgress& progress_;
};

}  // namespace

ReplayLog::ReplayLog(std::shared_ptr<const RetainedLog> retained,
                     const LogRange& range, std::string log_name,
                     std::shared_ptr<ReplayProgress> progress)
    : retained_(std::move(retained)),
      range_(range),
      log_name_(std::move(log_name)),
      progress_(std::move(progress)) {
  progress_->settled_end = range.from_offset;
}

absl::Status ReplayLog::Append(EventBatchPtr, uint64_t, AppendCallback) {
  return absl::FailedPreconditionError("a replay takes no events");
}

absl::StatusOr<std::unique_ptr<LogReader>> ReplayLog::Read(
    int32_t partition, int64_t from_offset) {
  if (partition != 0) return absl::OutOfRangeError("unknown partition");
  LogRange range = range_;
  range.from_offset = std::max(range.from_offset, from_offset);
  return std::make_unique<ReplayReader>(retained_->Read(range), log_name_,
                                        *progress_);
}

absl::StatusOr<std::unique_ptr<LogReader>> ReplayLog::ReadFrom(
    int32_t partition, absl::Time from) {
  if (partition != 0) return absl::OutOfRangeError("unknown partition");
  LogRange range = range_;
  range.from_time = std::max(range.from_time, from);
  return std::make_unique<ReplayReader>(retained_->Read(range), log_name_,
                                        *progress_);
}

absl::Status ReplayLog::SetCursor(int32_t, int64_t offset) {
  int64_t known = progress_->settled_end;
  while (known < offset &&
         !progress_->settled_end.compare_exchange_weak(known, offset)) {
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReplayLog::cursor(int32_t) const {
  return progress_->settled_end.load();
}

LogStats ReplayLog::Stats() const {
  LogStats stats;
  stats.first_offset = retained_->first_offset();
  stats.cursor_offset = progress_->settled_end;
  stats.next_offset = retained_->end_offset();
  return stats;
}

}  // namespace phoenix
