#include "libs/kafka/committed_records.h"

#include <optional>

#include "absl/cleanup/cleanup.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {
namespace {

// How soon a wait notices that it was cancelled.
constexpr int kSliceMs = 250;
constexpr int kMaxIdleSlices = kMaxCommittedWaitSeconds * 1000 / kSliceMs;

constexpr int kMaxBufferKib = 8 << 10;

class CommittedReader {
 public:
  using Visit = absl::FunctionRef<void(const rd_kafka_message_t&)>;

  CommittedReader(rd_kafka_t& client, rd_kafka_topic_t& topic,
                  int32_t partition)
      : client_(client), topic_(topic), partition_(partition) {}

  absl::Status Read(const std::atomic<bool>& cancelled, Visit visit) {
    if (rd_kafka_consume_start(&topic_, partition_,
                               RD_KAFKA_OFFSET_BEGINNING) != 0) {
      return KafkaStatus(rd_kafka_last_error(), What());
    }
    const absl::Cleanup stop = [this] {
      rd_kafka_consume_stop(&topic_, partition_);
    };
    int idle_slices = 0;
    while (!cancelled && idle_slices < kMaxIdleSlices) {
      const KafkaMessagePtr message(
          rd_kafka_consume(&topic_, partition_, kSliceMs));
      if (message == nullptr) {
        ++idle_slices;
        continue;
      }
      PHOENIX_RETURN_IF_ERROR(Take(*message, visit));
      if (end_ && next_ >= *end_) return absl::OkStatus();
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) idle_slices = 0;
    }
    return cancelled ? absl::CancelledError(Cat(What(), ": stopped"))
                     : TimeIsUp();
  }

 private:
  absl::Status Take(const rd_kafka_message_t& message, Visit visit) {
    const bool at_stable_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (!at_stable_end && message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return KafkaStatus(message.err, What(),
                         rd_kafka_message_errstr(&message));
    }
    if (!end_) FindEnd();
    if (!at_stable_end) visit(message);
    next_ = message.offset + (at_stable_end ? 0 : 1);
    return absl::OkStatus();
  }

  // librdkafka's own end of the partition is the last stable offset, where the
  // first open transaction begins. The true one came with the records.
  void FindEnd() {
    int64_t low = 0;
    int64_t high = 0;
    const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
        &client_, rd_kafka_topic_name(&topic_), partition_, &low, &high);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0) end_ = high;
  }

  absl::Status TimeIsUp() const {
    return absl::UnavailableError(
        Cat(What(), end_ ? ": a transaction of another process has not ended"
                         : ": no broker answers"));
  }

  std::string What() const {
    return Cat("read partition ", partition_, " of topic '",
               rd_kafka_topic_name(&topic_), "'");
  }

  rd_kafka_t& client_;
  rd_kafka_topic_t& topic_;
  const int32_t partition_;
  std::optional<int64_t> end_;  // As of the first answer.
  int64_t next_ = 0;
};

}  // namespace

absl::Status ReadCommittedRecords(
    const KafkaConnection& connection, const std::string& topic,
    int32_t partition, const std::atomic<bool>& cancelled,
    absl::FunctionRef<void(const rd_kafka_message_t&)> visit) {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(connection,
                    {{"isolation.level", "read_committed"},
                     {"enable.partition.eof", "true"},
                     {"auto.offset.reset", "earliest"},
                     {"allow.auto.create.topics", "false"},
                     // That the end is reached is told by an answer
                     // without records, which brokers hold back.
                     {"fetch.wait.max.ms", "10"},
                     {"queued.max.messages.kbytes", Cat(kMaxBufferKib)}}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  const KafkaTopicPtr handle(
      rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (handle == nullptr) {
    return KafkaStatus(rd_kafka_last_error(), Cat("open topic '", topic, "'"));
  }
  return CommittedReader(*client, *handle, partition).Read(cancelled, visit);
}

}  // namespace phoenix
