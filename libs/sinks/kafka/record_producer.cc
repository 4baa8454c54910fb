#include "libs/sinks/kafka/record_producer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/record_fields.h"
#include "libs/kafka/record_limit.h"
#include "libs/kafka/refusal.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long an administrative request may take.
constexpr absl::Duration kAdminTimeout = absl::Seconds(10);

// The same where deliveries wait for the answer.
constexpr absl::Duration kLookUpTimeout = absl::Seconds(1);

// What every batch has beside its records: of so many bytes it has but one.
constexpr size_t kBatchOverheadBytes = 61;

// librdkafka's own bounds of the two.
constexpr int64_t kMaxMessageBytes = 1'000'000'000;
constexpr int64_t kMaxQueuedRecords = 10'000'000;

int Millis(absl::Duration time) {
  return static_cast<int>(absl::ToInt64Milliseconds(time));
}

// Of key, value and headers.
size_t BytesOf(const rd_kafka_message_t& message) {
  size_t bytes = message.len + message.key_len;
  rd_kafka_headers_t* headers = nullptr;
  rd_kafka_message_headers(&message, &headers);
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       headers != nullptr &&
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0;
       ++i) {
    bytes += std::string_view(name).size() + size;
  }
  return bytes;
}

bool IsPurged(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
         error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

bool MayComeOfAMissingTopic(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
         error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
}

}  // namespace

RecordProducer::RecordProducer(RecordProducerOptions options, Report report)
    : options_(std::move(options)),
      report_(std::move(report)),
      max_record_bytes_(
          options_.max_record_bytes.value_or(kDefaultMaxRecordBytes)),
      batch_bytes_(max_record_bytes_) {}

RecordProducer::~RecordProducer() { Close(); }

absl::Status RecordProducer::Open() {
  if (!prepared_ || too_large_bytes_ > 0) {
    PHOENIX_RETURN_IF_ERROR(PrepareTopic());
  }
  KafkaConnection connection = options_.connection;
  if (batch_bytes_ < max_record_bytes_) {
    // The file's own was too large too.
    connection.properties["batch.size"] = Cat(batch_bytes_);
  }
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(connection, Properties()));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnReport);
  PHOENIX_ASSIGN_OR_RETURN(client_,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  topic_.reset(
      rd_kafka_topic_new(client_.get(), options_.topic.c_str(), nullptr));
  if (topic_ != nullptr) return absl::OkStatus();
  const rd_kafka_resp_err_t error = rd_kafka_last_error();
  client_ = nullptr;
  return KafkaStatus(error, Cat("topic '", options_.topic, "'"));
}

// With a client of its own: the producer's is made knowing the topic's limit,
// so that a record which is too large is refused alone, not with those that
// would have been sent together with it.
absl::Status RecordProducer::PrepareTopic() {
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(options_.connection, {}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  TopicAdmin admin(*client, kAdminTimeout);
  if (!prepared_) {
    PHOENIX_RETURN_IF_ERROR(
        WhyUnavailable(AdjustTopic(admin), options_.connection));
  }
  PHOENIX_RETURN_IF_ERROR(LearnLimits(admin));
  prepared_ = true;
  return absl::OkStatus();
}

// Halves what is sent at once until it is taken, where the topic does not say
// what it takes.
absl::Status RecordProducer::LearnLimits(TopicAdmin& admin) {
  if (!options_.max_record_bytes.has_value()) {
    PHOENIX_ASSIGN_OR_RETURN(topic_says_,
                             FindMaxRecordBytes(admin, options_.topic));
  }
  max_record_bytes_ = topic_says_.value_or(max_record_bytes_);
  if (too_large_bytes_ == 0) {
    batch_bytes_ = max_record_bytes_;
    return absl::OkStatus();
  }
  batch_bytes_ = SmallerLimit(batch_bytes_, std::exchange(too_large_bytes_, 0),
                              topic_says_, kBatchOverheadBytes);
  Logger::Process().Warn(
      "Batches of records were larger than the topic takes; they become "
      "smaller.",
      {{"topic", options_.topic}, {"bytes", Cat(batch_bytes_)}});
  return absl::OkStatus();
}

absl::Status RecordProducer::AdjustTopic(TopicAdmin& admin) {
  if (options_.create_topic.has_value()) {
    return KeepTopic(admin, options_.topic, *options_.create_topic);
  }
  const absl::Status found = admin.PartitionCount(options_.topic).status();
  if (!absl::IsNotFound(found)) return found;
  return absl::NotFoundError(Cat("topic '", options_.topic,
                                 "' does not exist: create it, or set "
                                 "`create_topic`"));
}

absl::Status RecordProducer::DeleteTopicIfAsked() {
  const auto& wish = options_.create_topic;
  if (!wish.has_value() || !wish->delete_at_end || client_ == nullptr) {
    return absl::OkStatus();
  }
  return TopicAdmin(*client_, kAdminTimeout).Delete(options_.topic);
}

absl::Status RecordProducer::WhyNotDelivered(rd_kafka_resp_err_t error) const {
  const std::string what = Cat("write to topic '", options_.topic, "'");
  if (IsPurged(error)) {
    return HeldBack(absl::UnavailableError(
        Cat(what, ": records before it were refused, it was not sent")));
  }
  if (IsTooLarge(error)) {
    // Nothing is wrong with the topic: this ends once batches are small enough.
    return HeldBack(absl::UnavailableError(
        Cat(what,
            ": a batch of records is larger than it takes at once (its "
            "max.message.bytes): smaller ones are tried")));
  }
  if (MayComeOfAMissingTopic(error) && client_ != nullptr) {
    const absl::Status found =
        TopicAdmin(*client_, kLookUpTimeout).Describe(options_.topic).status();
    if (absl::IsNotFound(found)) {
      return absl::NotFoundError(
          Cat(what, ": it does not exist any more: create it again"));
    }
  }
  return KafkaStatus(error, what);
}

KafkaProperties RecordProducer::Properties() const {
  const int64_t limit = std::min<int64_t>(max_record_bytes_, kMaxMessageBytes);
  KafkaProperties properties = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"partitioner", options_.partitioner},
      {"compression.codec", options_.compression},
      {"linger.ms", Cat(Millis(options_.linger))},
      {"message.timeout.ms", Cat(Millis(options_.delivery_timeout))},
      {"message.max.bytes", Cat(std::max<int64_t>(limit, 1000))},
      {"queue.buffering.max.messages", Cat(kMaxQueuedRecords)},
      {"queue.buffering.max.kbytes", Cat(options_.max_buffer_bytes / 1024)},
      {"allow.auto.create.topics", "false"},
  };
  if (options_.transactional_id.empty()) {
    // Else what comes behind a batch that is refused is sent before it is known
    // whether that is to be sent again.
    properties["enable.gapless.guarantee"] = "true";
  } else {
    properties["transactional.id"] = options_.transactional_id;
    properties["transaction.timeout.ms"] =
        Cat(Millis(options_.transaction_timeout.value_or(
            options_.delivery_timeout + kTransactionSlack)));
  }
  return properties;
}

void RecordProducer::Close() {
  if (client_ == nullptr) return;
  PurgeAll();
  // Purged records are reported by polls; none of them waits for a broker.
  while (rd_kafka_outq_len(client_.get()) > 0 &&
         rd_kafka_poll(client_.get(), 100) > 0) {
  }
  topic_ = nullptr;
  client_ = nullptr;
}

rd_kafka_resp_err_t RecordProducer::Produce(const KafkaRecord& record,
                                            void* token) {
  RecordFields fields;
  fields.Add(RD_KAFKA_VTYPE_RKT).u.rkt = topic_.get();
  fields.Add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = token;
  fields.Add(RD_KAFKA_VTYPE_MSGFLAGS).u.i =
      record.value_in_batch ? 0 : RD_KAFKA_MSG_F_COPY;
  if (record.value.has_value()) {
    fields.AddBytes(RD_KAFKA_VTYPE_VALUE, *record.value);
  }
  if (record.key.has_value()) {
    fields.AddBytes(RD_KAFKA_VTYPE_KEY, *record.key);
  }
  for (const KafkaRecord::Header& header : record.headers) {
    fields.AddHeader(header.name, header.value);
  }
  return fields.ProduceTo(*client_);
}

void RecordProducer::Poll(absl::Duration timeout) {
  if (client_ != nullptr) rd_kafka_poll(client_.get(), Millis(timeout));
}

void RecordProducer::Flush(absl::Duration timeout) {
  if (client_ != nullptr) rd_kafka_flush(client_.get(), Millis(timeout));
}

void RecordProducer::PurgeUnsent() {
  if (client_ != nullptr) rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE);
}

void RecordProducer::PurgeAll() {
  if (client_ == nullptr) return;
  rd_kafka_purge(client_.get(),
                 RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

bool RecordProducer::failed() const {
  if (client_ == nullptr) return false;
  return too_large_bytes_ > 0 ||
         rd_kafka_fatal_error(client_.get(), nullptr, 0) !=
             RD_KAFKA_RESP_ERR_NO_ERROR;
}

// In librdkafka's batches the first record may be of any size, and another
// comes behind it as long as all are within `batch_bytes_`.
bool RecordProducer::Refuses(rd_kafka_resp_err_t error, size_t bytes) const {
  if (IsTooLarge(error)) return bytes + kBatchOverheadBytes >= batch_bytes_;
  return RemedyOf(error) == KafkaRemedy::kReject;
}

absl::Status RecordProducer::Refusal(rd_kafka_resp_err_t error,
                                     size_t bytes) const {
  if (!IsTooLarge(error)) {
    return KafkaStatus(error, Cat("write to topic '", options_.topic, "'"));
  }
  std::string limit = "fewer";
  if (bytes > max_record_bytes_) {
    limit = Cat("at most '", max_record_bytes_, "'");
  } else if (topic_says_.has_value()) {
    limit = Cat("at most '", *topic_says_, "' with what Kafka adds");
  }
  return absl::InvalidArgumentError(
      Cat("record has '", bytes, "' bytes, topic '", options_.topic, "' takes ",
          limit, " (its max.message.bytes)"));
}

void RecordProducer::OnReport(rd_kafka_t*, const rd_kafka_message_t* message,
                              void* self) {
  auto& producer = *static_cast<RecordProducer*>(self);
  size_t bytes = 0;
  // Others who produce by this client have no token.
  if (IsTooLarge(message->err) && message->_private != nullptr) {
    bytes = BytesOf(*message);
    if (!producer.Refuses(message->err, bytes)) {
      producer.too_large_bytes_ += bytes + kBatchOverheadBytes;
    }
  }
  producer.report_(message->_private, message->err, bytes);
}

}  // namespace phoenix
