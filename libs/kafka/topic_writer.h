#ifndef LIBS_KAFKA_TOPIC_WRITER_H_
#define LIBS_KAFKA_TOPIC_WRITER_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// A record to be written to a partition of the writer's choice.
struct TopicRecord {
  int32_t partition = 0;
  std::string key = {};
  std::optional<std::string> value = {};  // None: a tombstone.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// Writes a few records to a topic and waits for them: idempotent, acknowledged
// by all in-sync replicas. For streams of records there is the sink.
// Thread-compatible.
class TopicWriter {
 public:
  // How long a record may take to be stored.
  static constexpr int kMaxWaitMs = 30'000;

  // Connects in the background. INVALID_ARGUMENT and FAILED_PRECONDITION for
  // properties.
  static absl::StatusOr<std::unique_ptr<TopicWriter>> Create(
      const KafkaConnection& connection, const std::string& topic);

  // Returns when all have been stored. On an error, which is that of
  // KafkaStatus(), some may have been.
  absl::Status Write(absl::Span<const TopicRecord> records);

 private:
  explicit TopicWriter(std::string topic) : topic_(std::move(topic)) {}

  static void OnReport(rd_kafka_t* client, const rd_kafka_message_t* message,
                       void* self);
  rd_kafka_resp_err_t Produce(const TopicRecord& record);

  const std::string topic_;
  rd_kafka_resp_err_t failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  KafkaClientPtr client_;  // After what its reports touch.
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_WRITER_H_
