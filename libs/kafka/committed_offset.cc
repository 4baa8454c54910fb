#include "libs/kafka/committed_offset.h"

#include <librdkafka/rdkafka.h>

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {

// With a consumer, because librdkafka 2.0 dereferences a null pointer when a
// producer asks by its admin interface for the offsets of a group whose
// coordinator is just being moved or loaded.
absl::StatusOr<std::optional<CommittedOffset>> ReadCommittedOffset(
    const KafkaConnection& connection, const std::string& group,
    const std::string& topic, int32_t partition, absl::Duration timeout) {
  const std::string what = Cat("read committed offset of group '", group, "'");
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(connection, {{"group.id", group},
                                 {"enable.auto.commit", "false"},
                                 {"isolation.level", "read_committed"},
                                 {"allow.auto.create.topics", "false"}}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  KafkaPartitionsPtr wanted(rd_kafka_topic_partition_list_new(1));
  const rd_kafka_topic_partition_t* const found =
      rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), partition);
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(
      rd_kafka_committed(client.get(), wanted.get(),
                         static_cast<int>(absl::ToInt64Milliseconds(timeout))),
      what));
  if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(found->err, what);
  }
  if (found->offset < 0) return std::optional<CommittedOffset>();
  return std::optional<CommittedOffset>(
      {found->offset, std::string(static_cast<const char*>(found->metadata),
                                  found->metadata_size)});
}

}  // namespace phoenix
