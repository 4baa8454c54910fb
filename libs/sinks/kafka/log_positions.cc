#include "libs/sinks/kafka/log_positions.h"

#include <optional>

#include "libs/base/text.h"
#include "libs/kafka/handles.h"

namespace phoenix {

std::string LogPositions::GroupOf(const Partition& partition) const {
  return Cat("phoenix/", sink_, "/", partition.first, "/", partition.second);
}

absl::StatusOr<int64_t> LogPositions::Read(const BatchIdentity& identity,
                                           TopicAdmin& admin) {
  const Partition partition(identity.log, identity.partition);
  const auto known = committed_.find(partition);
  if (known != committed_.end()) return known->second;
  const auto found = admin.CommittedOffset(GroupOf(partition), topic_, 0);
  if (!found.ok()) return found.status();
  const int64_t position = found->value_or(0);
  committed_[partition] = position;
  return position;
}

void LogPositions::Advance(const BatchIdentity& identity, int64_t next) {
  advanced_[Partition(identity.log, identity.partition)] = next;
}

int64_t LogPositions::Advanced(const BatchIdentity& identity) const {
  const auto found =
      advanced_.find(Partition(identity.log, identity.partition));
  return found == advanced_.end() ? 0 : found->second;
}

KafkaErrorPtr LogPositions::AddToTransaction(rd_kafka_t& producer,
                                             absl::Duration timeout) {
  for (const auto& [partition, next] : advanced_) {
    KafkaPartitionsPtr offsets(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(offsets.get(), topic_.c_str(), 0)
        ->offset = next;
    const KafkaGroupPtr group(
        rd_kafka_consumer_group_metadata_new(GroupOf(partition).c_str()));
    KafkaErrorPtr error(rd_kafka_send_offsets_to_transaction(
        &producer, offsets.get(), group.get(),
        static_cast<int>(absl::ToInt64Milliseconds(timeout))));
    if (error != nullptr) return error;
  }
  return nullptr;
}

void LogPositions::Commit() {
  for (const auto& [partition, next] : advanced_) committed_[partition] = next;
  advanced_.clear();
}

void LogPositions::Forget() {
  committed_.clear();
  advanced_.clear();
}

}  // namespace phoenix
