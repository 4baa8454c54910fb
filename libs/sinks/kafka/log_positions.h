#ifndef LIBS_SINKS_KAFKA_LOG_POSITIONS_H_
#define LIBS_SINKS_KAFKA_LOG_POSITIONS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/event/event_batch.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/kafka_error.h"
#include "libs/sinks/kafka/offset_ranges.h"

namespace phoenix {

// Which events of each partition of each log a sink has written, kept in the
// cluster that it writes to: beside the committed offset of a consumer group of
// its own for each partition of a log, on partition 0 of the sink's topic. No
// member ever joins the group; its offset is committed within the transaction
// that has the records, so both are there or neither. Thread-compatible.
class LogPositions {
 public:
  // `sink` names the sink uniquely in the cluster, the same in every run.
  LogPositions(KafkaConnection connection, std::string sink, std::string topic)
      : connection_(std::move(connection)),
        sink_(std::move(sink)),
        topic_(std::move(topic)) {}

  // The offsets of the partition that have been written and committed, valid
  // until Forget. Asks the cluster the first time, for at most `timeout`.
  absl::StatusOr<const OffsetRanges*> Read(const BatchIdentity& identity,
                                           absl::Duration timeout);

  // Offsets [begin, end) of the partition are in the open transaction.
  void Advance(const BatchIdentity& identity, int64_t begin, int64_t end);

  // Those that are.
  const OffsetRanges& Advanced(const BatchIdentity& identity) {
    return advanced_[Partition(identity.log, identity.partition)];
  }

  // Puts what has advanced into the transaction. Null: done, or there was
  // nothing to do.
  KafkaErrorPtr AddToTransaction(rd_kafka_t& producer, absl::Duration timeout);

  // The transaction was committed: what has advanced holds.
  void Commit();

  // It was not, or nobody knows: the cluster is asked again.
  void Forget();

 private:
  using Partition = std::pair<std::string, int32_t>;  // Log, partition.

  std::string GroupOf(const Partition& partition) const;

  const KafkaConnection connection_;
  const std::string sink_;
  const std::string topic_;
  std::map<Partition, OffsetRanges> committed_;
  std::map<Partition, OffsetRanges> advanced_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_LOG_POSITIONS_H_
