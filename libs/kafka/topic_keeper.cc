#include "libs/kafka/topic_keeper.h"

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/kafka/handles.h"

namespace phoenix {
namespace {

absl::StatusOr<KafkaClientPtr> Connect(const KafkaConnection& connection) {
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(connection, {}));
  return MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf));
}

}  // namespace

TopicKeeper::TopicKeeper(KafkaConnection connection,
                         std::vector<std::string> topics, TopicWish wish,
                         absl::Duration timeout)
    : connection_(std::move(connection)),
      topics_(std::move(topics)),
      wish_(std::move(wish)),
      timeout_(timeout) {}

absl::Status TopicKeeper::Begin() {
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client, Connect(connection_));
  TopicAdmin admin(*client, timeout_);
  for (const std::string& topic : topics_) {
    PHOENIX_RETURN_IF_ERROR(Keep(admin, topic));
  }
  return absl::OkStatus();
}

absl::Status TopicKeeper::Keep(TopicAdmin& admin,
                               const std::string& topic) const {
  const auto count = admin.PartitionCount(topic);
  if (absl::IsNotFound(count.status())) {
    KafkaTopic shape = wish_.shape;
    shape.name = topic;
    return admin.CreateIfMissing(shape).status();
  }
  PHOENIX_RETURN_IF_ERROR(count.status());
  if (wish_.alter_config) {
    PHOENIX_RETURN_IF_ERROR(admin.AlterSettings(topic, wish_.shape.config));
  }
  if (!wish_.add_partitions || *count >= wish_.shape.partitions) {
    return absl::OkStatus();
  }
  return admin.AddPartitions(topic, wish_.shape.partitions);
}

absl::Status TopicKeeper::End() {
  if (!wish_.delete_at_end) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client, Connect(connection_));
  TopicAdmin admin(*client, timeout_);
  absl::Status first_error;
  for (const std::string& topic : topics_) {
    const absl::Status deleted = admin.Delete(topic);
    if (absl::IsNotFound(deleted)) continue;
    first_error.Update(deleted);
  }
  return first_error;
}

}  // namespace phoenix
