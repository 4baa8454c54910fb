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

absl::Status KeepTopic(TopicAdmin& admin, const std::string& topic,
                       const TopicWish& wish) {
  const auto count = admin.PartitionCount(topic);
  if (absl::IsNotFound(count.status())) {
    KafkaTopic shape = wish.shape;
    shape.name = topic;
    return admin.CreateIfMissing(shape).status();
  }
  PHOENIX_RETURN_IF_ERROR(count.status());
  if (wish.alter_config) {
    PHOENIX_RETURN_IF_ERROR(admin.AlterSettings(topic, wish.shape.config));
  }
  if (!wish.add_partitions || *count >= wish.shape.partitions) {
    return absl::OkStatus();
  }
  return admin.AddPartitions(topic, wish.shape.partitions);
}

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
    PHOENIX_RETURN_IF_ERROR(KeepTopic(admin, topic, wish_));
  }
  return absl::OkStatus();
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
