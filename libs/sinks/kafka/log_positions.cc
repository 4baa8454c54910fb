#include "libs/sinks/kafka/log_positions.h"

#include <cstring>
#include <optional>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/committed_offset.h"
#include "libs/kafka/handles.h"

namespace phoenix {

std::string LogPositions::GroupOf(const Partition& partition) const {
  return Cat("phoenix/", sink_, "/", partition.first, "/", partition.second);
}

absl::StatusOr<const OffsetRanges*> LogPositions::Read(
    const BatchIdentity& identity, absl::Duration timeout) {
  const Partition partition(identity.log, identity.partition);
  const auto known = committed_.find(partition);
  if (known != committed_.end()) return &known->second;
  PHOENIX_ASSIGN_OR_RETURN(
      const auto found,
      ReadCommittedOffset(connection_, GroupOf(partition), topic_, 0, timeout));
  PHOENIX_ASSIGN_OR_RETURN(
      OffsetRanges written,
      OffsetRanges::Decode(found.has_value() ? found->metadata : ""));
  return &(committed_[partition] = std::move(written));
}

void LogPositions::Advance(const BatchIdentity& identity, int64_t begin,
                           int64_t end) {
  advanced_[Partition(identity.log, identity.partition)].Add(begin, end);
}

KafkaErrorPtr LogPositions::AddToTransaction(rd_kafka_t& producer,
                                             absl::Duration timeout) {
  for (const auto& [partition, advanced] : advanced_) {
    if (advanced.empty()) continue;
    OffsetRanges written = committed_[partition];
    written.Add(advanced);
    const std::string text = written.Encode();
    KafkaPartitionsPtr offsets(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_t* const place =
        rd_kafka_topic_partition_list_add(offsets.get(), topic_.c_str(), 0);
    place->offset = written.end();
    place->metadata = strdup(text.c_str());  // The list frees it.
    place->metadata_size = text.size();
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
  for (const auto& [partition, advanced] : advanced_) {
    committed_[partition].Add(advanced);
  }
  advanced_.clear();
}

void LogPositions::Forget() {
  committed_.clear();
  advanced_.clear();
}

}  // namespace phoenix
