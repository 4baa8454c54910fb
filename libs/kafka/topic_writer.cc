#include "libs/kafka/topic_writer.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {

absl::StatusOr<std::unique_ptr<TopicWriter>> TopicWriter::Create(
    const KafkaConnection& connection, const std::string& topic) {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(connection, {{"enable.idempotence", "true"},
                                 {"acks", "all"},
                                 {"message.timeout.ms", Cat(kMaxWaitMs)}}));
  std::unique_ptr<TopicWriter> writer(new TopicWriter(topic));
  rd_kafka_conf_set_opaque(conf.get(), writer.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnReport);
  PHOENIX_ASSIGN_OR_RETURN(writer->client_,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  return writer;
}

void TopicWriter::OnReport(rd_kafka_t*, const rd_kafka_message_t* message,
                           void* self) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    static_cast<TopicWriter*>(self)->failure_ = message->err;
  }
}

absl::Status TopicWriter::Write(absl::Span<const TopicRecord> records) {
  const std::string what = Cat("write to topic '", topic_, "'");
  failure_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (const TopicRecord& record : records) {
    const rd_kafka_resp_err_t error = Produce(record);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) failure_ = error;
  }
  const rd_kafka_resp_err_t flushed =
      rd_kafka_flush(client_.get(), kMaxWaitMs + 1000);
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(failure_, what));
  return KafkaStatus(flushed, what);
}

// What librdkafka has taken over it frees itself.
rd_kafka_resp_err_t TopicWriter::Produce(const TopicRecord& record) {
  KafkaHeadersPtr headers(rd_kafka_headers_new(record.headers.size()));
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers.get(), name.data(), name.size(), value.data(),
                        value.size());
  }
  std::string value = record.value.value_or("");
  std::string key = record.key;
  char* const value_bytes = record.value.has_value() ? value.data() : nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      client_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()),
      RD_KAFKA_V_PARTITION(record.partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
      RD_KAFKA_V_VALUE(value_bytes, value.size()),
      RD_KAFKA_V_KEY(key.data(), key.size()), RD_KAFKA_V_HEADERS(headers.get()),
      RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    static_cast<void>(headers.release());
  }
  return error;
}

}  // namespace phoenix
