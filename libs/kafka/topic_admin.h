#ifndef LIBS_KAFKA_TOPIC_ADMIN_H_
#define LIBS_KAFKA_TOPIC_ADMIN_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace phoenix {

// A topic as it should be.
struct KafkaTopic {
  static constexpr int kBrokerDefault = -1;

  std::string name;
  int partitions = kBrokerDefault;
  int replication_factor = kBrokerDefault;
  std::map<std::string, std::string> config;  // As `retention.ms`.
};

// What an administrator asks of a cluster, through any client of it. Every
// call blocks until the broker has answered, at most about `timeout`; its
// errors are those of KafkaStatus(). Thread-safe.
class TopicAdmin {
 public:
  // `client` outlives this.
  TopicAdmin(rd_kafka_t& client, absl::Duration timeout)
      : client_(client), timeout_ms_(absl::ToInt64Milliseconds(timeout)) {}

  // ALREADY_EXISTS when there is one of that name.
  absl::Status Create(const KafkaTopic& topic);

  // Adds partitions to a topic until there are `partitions`.
  absl::Status AddPartitions(const std::string& topic, int partitions);

  // NOT_FOUND when there is no such topic.
  absl::Status Delete(const std::string& topic);

  // How many partitions the topic has. NOT_FOUND when there is none; brokers
  // may be set up to create it, which takes a moment: then UNAVAILABLE.
  absl::StatusOr<int> PartitionCount(const std::string& topic);

  // A setting of the topic, such as `max.message.bytes`, as it stands or by
  // default.
  absl::StatusOr<std::string> TopicSetting(const std::string& topic,
                                           const std::string& setting);

 private:
  rd_kafka_t& client_;
  const int timeout_ms_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_ADMIN_H_
