#ifndef LIBS_SINKS_KAFKA_POSITIONS_TOPIC_H_
#define LIBS_SINKS_KAFKA_POSITIONS_TOPIC_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// The compacted topic in which sinks keep their positions, as one sink sees it:
// all that it writes is in one partition, which a hash of its name chooses. So
// the topic's number of partitions must never change. Thread-compatible.
class PositionsTopic {
 public:
  // What a compaction leaves alone is read at each start: little.
  static constexpr char kSegmentBytes[] = "16777216";

  // `sink` names the sink among all that write to the topic.
  PositionsTopic(KafkaConnection connection, std::string topic,
                 std::string sink)
      : connection_(std::move(connection)),
        topic_(std::move(topic)),
        sink_(std::move(sink)) {}

  // Looks at the topic, or creates it. FAILED_PRECONDITION when it is not
  // compacted, UNAVAILABLE when no broker answers; other errors say how to
  // create it. Once it is OK nobody is asked again. `client` is any.
  absl::Status Prepare(rd_kafka_t& client);

  // After Prepare. Gives a copy of the record to the producer, whose report has
  // a null token. No value: a tombstone.
  rd_kafka_resp_err_t Produce(rd_kafka_t& producer, std::string_view key,
                              std::optional<std::string_view> value) const;

  // After Prepare. Calls `visit` with each record of the partition, those of
  // other sinks among them, in order; see ReadCommittedRecords. What a key had
  // last holds.
  absl::Status Read(
      const std::atomic<bool>& cancelled,
      absl::FunctionRef<void(std::string_view key,
                             std::optional<std::string_view> value)>
          visit) const;

 private:
  absl::StatusOr<TopicShape> Create(TopicAdmin& admin) const;
  absl::Status CheckCompacted(TopicAdmin& admin) const;

  const KafkaConnection connection_;
  const std::string topic_;
  const std::string sink_;
  int32_t partition_ = -1;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_POSITIONS_TOPIC_H_
