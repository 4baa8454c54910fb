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
               const ReplayProgress& all, ReplayProgress::Partition& progress)
      : reader_(std::move(reader)),
        log_name_(std::move(log_name)),
        all_(all),
        progress_(progress) {}

  absl::StatusOr<std::optional<LogEntry>> Next() override {
    if (all_.stopping) return std::nullopt;
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
  const ReplayProgress& all_;
  ReplayProgress::Partition& progress_;
};

// What is left to read of a partition that is not replayed.
class NothingReader : public LogReader {
 public:
  absl::StatusOr<std::optional<LogEntry>> Next() override {
    return std::nullopt;
  }
  void WhenMore(absl::AnyInvocable<void()>) override {}
  int64_t position() const override { return 0; }
};

}  // namespace

bool ReplayProgress::finished() const {
  return std::all_of(partitions.begin(), partitions.end(),
                     [](const Partition& one) { return one.finished(); });
}

uint64_t ReplayProgress::unreadable_stretches() const {
  uint64_t stretches = 0;
  for (const Partition& one : partitions) stretches += one.unreadable_stretches;
  return stretches;
}

ReplayLog::ReplayLog(std::shared_ptr<const RetainedLog> retained,
                     const LogRange& range, std::string log_name,
                     std::shared_ptr<ReplayProgress> progress)
    : retained_(std::move(retained)),
      range_(range),
      log_name_(std::move(log_name)),
      progress_(std::move(progress)) {
  for (ReplayProgress::Partition& one : progress_->partitions) {
    one.settled_end = std::max(one.settled_end.load(), range.from_offset);
  }
}

absl::Status ReplayLog::Append(EventBatchPtr, uint64_t, AppendCallback) {
  return absl::FailedPreconditionError("a replay takes no events");
}

absl::Status ReplayLog::CheckPartition(int32_t partition) const {
  if (partition >= 0 && partition < partition_count()) return absl::OkStatus();
  return absl::OutOfRangeError("unknown partition");
}

std::unique_ptr<LogReader> ReplayLog::NewReader(LogRange range) {
  ReplayProgress::Partition& mine = progress(range.partition);
  if (range_.partition != LogRange::kAllPartitions &&
      range_.partition != range.partition) {
    mine.read_all = true;
    return std::make_unique<NothingReader>();
  }
  return std::make_unique<ReplayReader>(retained_->Read(range), log_name_,
                                        *progress_, mine);
}

absl::StatusOr<std::unique_ptr<LogReader>> ReplayLog::Read(
    int32_t partition, int64_t from_offset) {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  LogRange range = range_;
  range.partition = partition;
  range.from_offset = std::max(range.from_offset, from_offset);
  return NewReader(range);
}

absl::StatusOr<std::unique_ptr<LogReader>> ReplayLog::ReadFrom(
    int32_t partition, absl::Time from) {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  LogRange range = range_;
  range.partition = partition;
  range.from_time = std::max(range.from_time, from);
  return NewReader(range);
}

absl::Status ReplayLog::SetCursor(int32_t partition, int64_t offset) {
  std::atomic<int64_t>& settled = progress(partition).settled_end;
  int64_t known = settled;
  while (known < offset && !settled.compare_exchange_weak(known, offset)) {
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReplayLog::cursor(int32_t partition) const {
  return progress(partition).settled_end.load();
}

// What is below next_offset was there before, in every partition, and so is
// counted as recovered: all that is replayed is.
LogStats ReplayLog::Stats() const {
  LogStats stats;
  for (int32_t i = 0; i < partition_count(); ++i) {
    stats.next_offset =
        std::max(stats.next_offset, retained_->extent(i).end_offset);
  }
  return stats;
}

}  // namespace phoenix
