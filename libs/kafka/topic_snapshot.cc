#include "libs/kafka/topic_snapshot.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/refusal.h"

namespace phoenix {
namespace {

int Millis(absl::Duration time) {
  return static_cast<int>(absl::ToInt64Milliseconds(time));
}

}  // namespace

SnapshotReader::~SnapshotReader() {
  rd_kafka_consume_stop(&topic_, partition_);
}

absl::StatusOr<KafkaMessagePtr> SnapshotReader::Next() {
  if (ended_) return nullptr;
  KafkaMessagePtr message(
      rd_kafka_consume(&topic_, partition_, Millis(kMaxWait)));
  if (message == nullptr) {
    return absl::UnavailableError(Cat(What(), ": no broker answers"));
  }
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
      (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->offset >= end_)) {
    ended_ = true;
    return nullptr;
  }
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(message->err, What(),
                       rd_kafka_message_errstr(message.get()));
  }
  ended_ = message->offset + 1 >= end_;
  return message;
}

std::string SnapshotReader::What() const {
  return Cat("read partition ", partition_, " of topic '",
             rd_kafka_topic_name(&topic_), "'");
}

absl::StatusOr<std::unique_ptr<TopicSnapshot>> TopicSnapshot::Open(
    const KafkaConnection& connection, const std::string& topic,
    absl::Duration timeout) {
  std::unique_ptr<TopicSnapshot> snapshot(new TopicSnapshot(topic, timeout));
  absl::Status opened = snapshot->Connect(connection);
  if (opened.ok()) opened = snapshot->FindEnds();
  if (opened.ok()) return snapshot;
  opened = WhyUnavailable(opened, connection);
  return StatusBuilder(opened).Context(Cat("topic '", topic, "'")).Build();
}

absl::Status TopicSnapshot::Connect(const KafkaConnection& connection) {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(connection,
                    {{"isolation.level", "read_committed"},
                     {"enable.partition.eof", "true"},
                     {"allow.auto.create.topics", "false"},
                     {"auto.offset.reset", "earliest"},
                     {"queued.max.messages.kbytes",
                      Cat(SnapshotReader::kMaxBufferBytes / 1024)}}));
  PHOENIX_ASSIGN_OR_RETURN(client_,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  char* id = rd_kafka_clusterid(client_.get(), Millis(timeout_));
  if (id == nullptr) {
    return absl::UnavailableError(
        Cat("no broker at '", connection.brokers, "' answers in ",
            FromAbsl(absl::FormatDuration(timeout_))));
  }
  cluster_ = id;
  rd_kafka_mem_free(client_.get(), id);
  topic_.reset(rd_kafka_topic_new(client_.get(), topic_name_.c_str(), nullptr));
  if (topic_ != nullptr) return absl::OkStatus();
  return KafkaStatus(rd_kafka_last_error(), "open");
}

absl::Status TopicSnapshot::Refresh() {
  const absl::Status found = FindEnds();
  if (found.ok()) return found;
  return StatusBuilder(found).Context(Cat("topic '", topic_name_, "'")).Build();
}

absl::Status TopicSnapshot::FindEnds() {
  TopicAdmin admin(*client_, timeout_);
  std::vector<Watermarks> found;
  const auto count = admin.PartitionCount(topic_name_);
  if (absl::IsNotFound(count.status())) {
    return absl::NotFoundError("there is no such topic");
  }
  PHOENIX_RETURN_IF_ERROR(count.status());
  for (int32_t partition = 0; partition < *count; ++partition) {
    PHOENIX_ASSIGN_OR_RETURN(const Watermarks marks,
                             admin.FindWatermarks(topic_name_, partition));
    found.push_back(marks);
  }
  partitions_ = std::move(found);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> TopicSnapshot::FindOffset(int32_t partition,
                                                  absl::Time time) const {
  return TopicAdmin(*client_, timeout_)
      .FindOffset(topic_name_, partition, time);
}

absl::StatusOr<std::unique_ptr<SnapshotReader>> TopicSnapshot::Read(
    int32_t partition, int64_t offset) const {
  const Watermarks& marks = partitions_[static_cast<size_t>(partition)];
  if (rd_kafka_consume_start(topic_.get(), partition,
                             std::max(offset, marks.low)) != 0) {
    return KafkaStatus(
        rd_kafka_last_error(),
        Cat("read partition ", partition, " of topic '", topic_name_, "'"));
  }
  std::unique_ptr<SnapshotReader> reader(
      new SnapshotReader(*topic_, partition, marks.high));
  reader->ended_ = std::max(offset, marks.low) >= marks.high;
  return reader;
}

absl::StatusOr<std::string> TopicSnapshot::Setting(
    const std::string& name) const {
  return TopicAdmin(*client_, timeout_).TopicSetting(topic_name_, name);
}

absl::StatusOr<int> TopicSnapshot::CountMembers(
    const std::string& group) const {
  const rd_kafka_group_list* answer = nullptr;
  PHOENIX_RETURN_IF_ERROR(
      KafkaStatus(rd_kafka_list_groups(client_.get(), group.c_str(), &answer,
                                       Millis(timeout_)),
                  Cat("look up group '", group, "'")));
  const std::unique_ptr<const rd_kafka_group_list,
                        KafkaDelete<rd_kafka_group_list_destroy>>
      groups(answer);
  return groups->group_cnt == 0 ? 0 : groups->groups[0].member_cnt;
}

}  // namespace phoenix
