#include "libs/log/kafka/kafka_log.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/kafka/log_record.h"
#include "libs/telemetry/log.h"

namespace phoenix {

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(
    KafkaLogOptions options, Clock& clock) {
  PHOENIX_ASSIGN_OR_RETURN(LogTopic topic, PrepareLogTopic(options));
  if (topic.durability != Durability::kReplicated) {
    Logger::Process().Warn(
        "The topic of the log does not promise a second copy of each record: "
        "acknowledgements say OS.",
        {{"topic", options.topic},
         {"expected", "2 replicas and min.insync.replicas=2 at least"}});
  }
  std::unique_ptr<KafkaLog> log(
      new KafkaLog(std::move(options), std::move(topic), clock));
  PHOENIX_RETURN_IF_ERROR(log->producer_.Start());
  return log;
}

KafkaLog::KafkaLog(KafkaLogOptions options, LogTopic topic, Clock& clock)
    : options_(std::move(options)),
      topic_(std::move(topic)),
      producer_(options_, topic_),
      consumer_(options_, topic_, clock) {}

KafkaLog::~KafkaLog() { Close().IgnoreError(); }

// A topic may get more partitions: to them nothing is appended before the next
// start, and they are read.
absl::Status KafkaLog::CheckPartition(int32_t partition) const {
  if (partition >= 0 && partition < topic_.partitions) return absl::OkStatus();
  if (consumer_.IsAssigned(partition)) return absl::OkStatus();
  return absl::OutOfRangeError(Cat("partition ", partition, ": topic '",
                                   options_.topic, "' has ", topic_.partitions,
                                   " partitions"));
}

absl::Status KafkaLog::Subscribe(PartitionListener& listener) {
  return consumer_.Start(listener);
}

absl::Status KafkaLog::Append(EventBatchPtr batch, uint64_t lane,
                              AppendCallback done) {
  const std::string stands_still = consumer_.StandsStill();
  if (!stands_still.empty()) {
    return producer_.Refuse(std::move(batch), stands_still, std::move(done));
  }
  return producer_.Append(std::move(batch), lane, std::move(done));
}

void KafkaLog::WhenRoom(absl::AnyInvocable<void()> callback) {
  producer_.WhenRoom(std::move(callback));
}

absl::StatusOr<std::unique_ptr<LogReader>> KafkaLog::Read(int32_t partition,
                                                          int64_t from_offset) {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  return consumer_.Read(partition, from_offset);
}

absl::StatusOr<std::unique_ptr<LogReader>> KafkaLog::ReadFrom(int32_t partition,
                                                              absl::Time from) {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  return consumer_.ReadFrom(partition, from);
}

absl::Status KafkaLog::SetCursor(int32_t partition, int64_t offset) {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  return consumer_.SetCursor(partition, offset);
}

absl::StatusOr<int64_t> KafkaLog::cursor(int32_t partition) const {
  PHOENIX_RETURN_IF_ERROR(CheckPartition(partition));
  return consumer_.cursor(partition);
}

absl::Status KafkaLog::SyncCursors() { return consumer_.SyncCursors(); }

LogStats KafkaLog::Stats() const {
  const LogProducer::Counts produced = producer_.counts();
  LogStats stats;
  stats.queued_bytes = produced.queued_bytes;
  stats.appended_events = produced.appended_events;
  stats.appended_batches = produced.appended_batches;
  stats.groups = produced.records;
  stats.failed_groups = produced.failed_batches;
  stats.corrupt_records = consumer_.counters().corrupt_records;
  stats.quarantined_bytes = consumer_.counters().corrupt_bytes;
  stats.expired_records = consumer_.expired_records();
  stats.unread_batches = UnreadBatches();
  stats.lag_records = consumer_.lag_records();
  return stats;
}

std::string KafkaLog::Refuses() const {
  std::string stands_still = consumer_.StandsStill();
  return stands_still.empty() ? producer_.refuses() : stands_still;
}

// What stands still is not waited for; before anything is assigned nobody knows
// who will read what was appended.
uint64_t KafkaLog::UnreadBatches() const {
  if (!consumer_.StandsStill().empty()) return 0;
  const std::vector<int64_t> stored = producer_.stored_ends();
  const std::map<int32_t, int64_t> read = consumer_.read_ends();
  uint64_t unread = 0;
  for (const auto& [partition, end] : read) {
    if (partition >= topic_.partitions) continue;
    const int64_t waiting = stored[static_cast<size_t>(partition)] - end;
    unread += static_cast<uint64_t>(std::max<int64_t>(waiting, 0));
  }
  if (!read.empty()) return unread;
  return static_cast<uint64_t>(std::count_if(
      stored.begin(), stored.end(), [](int64_t end) { return end > 0; }));
}

absl::Status KafkaLog::Close() {
  producer_.Close();
  return consumer_.Close();
}

}  // namespace phoenix
