#ifndef LIBS_KAFKA_TOPIC_ADMIN_H_
#define LIBS_KAFKA_TOPIC_ADMIN_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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

// A topic as it is.
struct TopicShape {
  int partitions = 0;
  int replicas = 0;  // Of the partition that has the fewest.
};

// What a partition holds: the offsets of its oldest record and of the next one
// to come.
struct Watermarks {
  int64_t low = 0;
  int64_t high = 0;
};

// An offset that a group has committed, and what it has put beside it.
struct CommittedOffset {
  int64_t offset = 0;
  std::string metadata = {};
};

// A process in a consumer group, as the broker knows it.
struct GroupMember {
  std::string client_id;
  std::string host;
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

  // The same, where another may have been faster; and waits until brokers know
  // the topic, which they do not at once, for a few seconds at most.
  absl::StatusOr<TopicShape> CreateIfMissing(const KafkaTopic& topic);

  // A topic that was just created: as Describe, but asks again for a few
  // seconds as long as there is none.
  absl::StatusOr<TopicShape> Await(const std::string& topic);

  // Adds partitions to a topic until there are `partitions`.
  absl::Status AddPartitions(const std::string& topic, int partitions);

  // NOT_FOUND when there is no such topic.
  absl::Status Delete(const std::string& topic);

  // NOT_FOUND when there is no such topic; brokers may be set up to create it,
  // which takes a moment: then UNAVAILABLE.
  absl::StatusOr<TopicShape> Describe(const std::string& topic);

  // How many partitions the topic has. Errors as those of Describe.
  absl::StatusOr<int> PartitionCount(const std::string& topic);

  // How many partitions each topic of the cluster has, of those that the user
  // may see.
  absl::StatusOr<std::map<std::string, int>> PartitionCounts();

  // A setting of the topic, such as `max.message.bytes`, as it stands or by
  // default. A topic that is being created is waited for, for some seconds.
  absl::StatusOr<std::string> TopicSetting(const std::string& topic,
                                           const std::string& setting);

  absl::StatusOr<Watermarks> FindWatermarks(const std::string& topic,
                                            int32_t partition);

  // The offset of the first record with this time or a later one; that of the
  // next record to come when there is none.
  absl::StatusOr<int64_t> FindOffset(const std::string& topic,
                                     int32_t partition, absl::Time time);

  // Sets what of these settings the topic does not have already. Its others
  // stay; who sets others at the same time may be overruled.
  absl::Status AlterSettings(
      const std::string& topic,
      const std::map<std::string, std::string>& settings);

  // What the client's own group has committed for the partitions below
  // `partitions`, for which it has. The client is a consumer.
  absl::StatusOr<std::map<int32_t, CommittedOffset>> FindOwnCommitted(
      const std::string& topic, int32_t partitions);

  // Those that a consumer group has just now; none when there is no such group.
  // Asks the broker that keeps the group, up to ten times while there is none
  // that says it does. PERMISSION_DENIED where the user may not describe it.
  absl::StatusOr<std::vector<GroupMember>> FindMembers(
      const std::string& group);

 private:
  rd_kafka_t& client_;
  const int timeout_ms_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_ADMIN_H_
