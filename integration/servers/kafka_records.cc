#include "integration/servers/kafka_records.h"

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/record_view.h"

namespace phoenix {
namespace {

constexpr int kTimeoutMs = 60'000;

absl::StatusOr<KafkaClientPtr> Connect(const std::string& bootstrap,
                                       rd_kafka_type_t type,
                                       const KafkaProperties& properties) {
  KafkaConnection connection;
  connection.brokers = bootstrap;
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(connection, properties));
  return MakeKafkaClient(type, std::move(conf));
}

rd_kafka_headers_t* MakeHeaders(const TestRecord& record) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers, name.data(), name.size(), value.data(),
                        value.size());
  }
  return headers;
}

std::optional<std::string> Text(const void* bytes, size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(bytes), size);
}

TestRecord RecordOf(const rd_kafka_message_t& message) {
  TestRecord record{.key = Text(message.key, message.key_len),
                    .value = Text(message.payload, message.len),
                    .partition = message.partition};
  for (const auto& [name, value] : RecordHeaders(message)) {
    record.headers[std::string(name)] = value;
  }
  return record;
}

absl::Status Produce(rd_kafka_t& producer, const std::string& topic,
                     const std::vector<TestRecord>& records) {
  for (const TestRecord& record : records) {
    // Null pointers are null keys and values.
    std::string value = record.value.value_or("");
    std::string key = record.key.value_or("");
    char* const value_bytes = record.value.has_value() ? value.data() : nullptr;
    char* const key_bytes = record.key.has_value() ? key.data() : nullptr;
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        &producer, RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_PARTITION(record.partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
        RD_KAFKA_V_VALUE(value_bytes, value.size()),
        RD_KAFKA_V_KEY(key_bytes, key.size()),
        RD_KAFKA_V_HEADERS(MakeHeaders(record)), RD_KAFKA_V_END);
    PHOENIX_RETURN_IF_ERROR(KafkaStatus(error, "produce"));
  }
  return KafkaStatus(rd_kafka_flush(&producer, kTimeoutMs), "flush");
}

}  // namespace

absl::Status WriteRecords(const std::string& bootstrap,
                          const std::string& topic,
                          const std::vector<TestRecord>& records) {
  PHOENIX_ASSIGN_OR_RETURN(
      const auto producer,
      Connect(bootstrap, RD_KAFKA_PRODUCER,
              {{"enable.idempotence", "true"}, {"linger.ms", "5"}}));
  return Produce(*producer, topic, records);
}

absl::Status WriteTransaction(const std::string& bootstrap,
                              const std::string& topic,
                              const std::vector<TestRecord>& records,
                              bool commit) {
  PHOENIX_ASSIGN_OR_RETURN(
      const auto producer,
      Connect(bootstrap, RD_KAFKA_PRODUCER,
              {{"transactional.id", "writer-of-" + topic}}));
  const auto done = [](rd_kafka_error_t* error, const char* what) {
    return KafkaStatus(KafkaErrorPtr(error), what);
  };
  PHOENIX_RETURN_IF_ERROR(
      done(rd_kafka_init_transactions(producer.get(), kTimeoutMs), "init"));
  PHOENIX_RETURN_IF_ERROR(
      done(rd_kafka_begin_transaction(producer.get()), "begin"));
  PHOENIX_RETURN_IF_ERROR(Produce(*producer, topic, records));
  return commit ? done(rd_kafka_commit_transaction(producer.get(), kTimeoutMs),
                       "commit")
                : done(rd_kafka_abort_transaction(producer.get(), kTimeoutMs),
                       "abort");
}

absl::Status DeleteRecords(const std::string& bootstrap,
                           const std::string& topic, int partition,
                           int64_t offset) {
  PHOENIX_ASSIGN_OR_RETURN(const auto client,
                           Connect(bootstrap, RD_KAFKA_PRODUCER, {}));
  const KafkaPartitionsPtr before(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), partition)
      ->offset = offset;
  const std::unique_ptr<rd_kafka_DeleteRecords_t,
                        KafkaDelete<rd_kafka_DeleteRecords_destroy>>
      wanted(rd_kafka_DeleteRecords_new(before.get()));
  const KafkaQueuePtr queue(rd_kafka_queue_new(client.get()));
  rd_kafka_DeleteRecords_t* all[] = {wanted.get()};
  rd_kafka_DeleteRecords(client.get(), all, 1, nullptr, queue.get());
  const KafkaEventPtr event(rd_kafka_queue_poll(queue.get(), kTimeoutMs));
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(event == nullptr
                                          ? RD_KAFKA_RESP_ERR__TIMED_OUT
                                          : rd_kafka_event_error(event.get()),
                                      "delete records"));
  const rd_kafka_topic_partition_list_t* const deleted =
      rd_kafka_DeleteRecords_result_offsets(
          rd_kafka_event_DeleteRecords_result(event.get()));
  return KafkaStatus(deleted->elems[0].err, "delete records");
}

absl::StatusOr<std::vector<TestRecord>> ReadRecords(
    const std::string& bootstrap, const std::string& topic, int partitions) {
  PHOENIX_ASSIGN_OR_RETURN(const auto consumer,
                           Connect(bootstrap, RD_KAFKA_CONSUMER,
                                   {{"group.id", "reader-of-tests"},
                                    {"enable.auto.commit", "false"},
                                    {"auto.offset.reset", "earliest"},
                                    {"isolation.level", "read_committed"},
                                    {"enable.partition.eof", "true"}}));
  KafkaPartitionsPtr all(rd_kafka_topic_partition_list_new(partitions));
  for (int i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(all.get(), topic.c_str(), i)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  PHOENIX_RETURN_IF_ERROR(
      KafkaStatus(rd_kafka_assign(consumer.get(), all.get()), "assign"));
  std::vector<TestRecord> records;
  const absl::Time deadline = absl::Now() + absl::Milliseconds(kTimeoutMs);
  for (int ended = 0; ended < partitions;) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError("reading the topic took too long");
    }
    const KafkaMessagePtr message(rd_kafka_consumer_poll(consumer.get(), 100));
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      ++ended;
    } else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      records.push_back(RecordOf(*message));
    }
  }
  rd_kafka_consumer_close(consumer.get());
  return records;
}

std::vector<std::string> ValuesOf(const std::vector<TestRecord>& records) {
  std::vector<std::string> values;
  for (const TestRecord& record : records) {
    values.push_back(record.value.value_or(""));
  }
  return values;
}

}  // namespace phoenix
