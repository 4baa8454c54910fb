#include "libs/log/testing/log_client.h"

#include <algorithm>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"

namespace phoenix {

absl::Status AssignedPartitions::OnAssigned(int32_t partition) {
  MutexLock lock(mutex_);
  partitions_.push_back(partition);
  std::sort(partitions_.begin(), partitions_.end());
  changed_.NotifyAll();
  return absl::OkStatus();
}

void AssignedPartitions::OnRevoked(const std::vector<int32_t>& partitions,
                                   absl::Duration) {
  MutexLock lock(mutex_);
  for (const int32_t partition : partitions) {
    std::erase(partitions_, partition);
  }
  changed_.NotifyAll();
}

std::vector<int32_t> AssignedPartitions::WaitFor(size_t count) {
  const auto end = std::chrono::steady_clock::now() + kTestDeadline;
  MutexLock lock(mutex_);
  while (partitions_.size() != count) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds(0)) break;
    changed_.WaitFor(mutex_, left);
  }
  return partitions_;
}

absl::StatusOr<EventBatchPtr> AppendAndWait(Log& log, EventBatchPtr batch,
                                            uint64_t lane) {
  const Awaited<absl::StatusOr<EventBatchPtr>> done;
  const absl::Status taken = log.Append(
      std::move(batch), lane, [done](absl::StatusOr<EventBatchPtr> appended) {
        done.Set(std::move(appended));
      });
  if (!taken.ok()) return taken;
  return done.Get().value_or(absl::DeadlineExceededError("never durable"));
}

std::optional<LogEntry> ReadAndWait(LogReader& reader) {
  const auto end = std::chrono::steady_clock::now() + kTestDeadline;
  while (std::chrono::steady_clock::now() < end) {
    auto entry = reader.Next();
    if (entry.ok() && entry->has_value()) return **std::move(entry);
    const Awaited<bool> more;
    reader.WhenMore([more] { more.Set(true); });
    more.Get(std::chrono::seconds(1));
  }
  return std::nullopt;
}

std::vector<LogEntry> ReadAndWait(LogReader& reader, size_t count) {
  std::vector<LogEntry> entries;
  while (entries.size() < count) {
    auto entry = ReadAndWait(reader);
    if (!entry) break;
    entries.push_back(*std::move(entry));
  }
  return entries;
}

EventBatchPtr BatchOf(const std::vector<std::string>& payloads) {
  std::string blob;
  std::vector<ByteRange> ranges;
  for (const std::string& payload : payloads) {
    const auto begin = static_cast<uint32_t>(blob.size());
    blob += payload;
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
  }
  PayloadColumn column;
  column.blob = SharedBytes::FromString(std::move(blob));
  column.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  return MakePayloadBatch(std::move(column),
                          {.id_prefix = "e", .source = "/test", .type = "test"},
                          0, 0);
}

std::vector<std::string> PayloadsOf(const std::vector<LogEntry>& entries) {
  std::vector<std::string> payloads;
  for (const LogEntry& entry : entries) {
    for (uint32_t row = 0; row < entry.batch->size(); ++row) {
      payloads.emplace_back(entry.batch->payload(row));
    }
  }
  return payloads;
}

}  // namespace phoenix
