#include "libs/kafka/topic_admin.h"

#include <memory>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {
namespace {

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t,
                                   KafkaDelete<rd_kafka_AdminOptions_destroy>>;

// One request, made with these options and answered on this queue.
using Request =
    absl::FunctionRef<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;

// Makes the request and waits for the answer. An error of the whole request
// is returned; those of its parts are in the event.
absl::StatusOr<KafkaEventPtr> Ask(rd_kafka_t& client, int timeout_ms,
                                  rd_kafka_admin_op_t operation,
                                  std::string_view what, Request request) {
  // What the broker does not answer, librdkafka does, when the time is up.
  constexpr int kGraceMs = 5000;
  OptionsPtr options(rd_kafka_AdminOptions_new(&client, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, nullptr,
                                            0);
  KafkaQueuePtr queue(rd_kafka_queue_new(&client));
  request(options.get(), queue.get());
  KafkaEventPtr event(rd_kafka_queue_poll(queue.get(), timeout_ms + kGraceMs));
  if (event == nullptr) {
    return KafkaStatus(RD_KAFKA_RESP_ERR__TIMED_OUT, what);
  }
  const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(error, what, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

// The error of the one topic that a request was about.
absl::Status TopicError(const rd_kafka_topic_result_t* const* results,
                        size_t count, std::string_view what) {
  if (count != 1) return KafkaStatus(RD_KAFKA_RESP_ERR__BAD_MSG, what);
  const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[0]);
  const char* text = rd_kafka_topic_result_error_string(results[0]);
  return KafkaStatus(error, what,
                     text != nullptr ? text : rd_kafka_err2str(error));
}

}  // namespace

absl::Status TopicAdmin::Create(const KafkaTopic& topic) {
  const std::string what = Cat("create topic '", topic.name, "'");
  char error[256] = {};
  std::unique_ptr<rd_kafka_NewTopic_t, KafkaDelete<rd_kafka_NewTopic_destroy>>
      wanted(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                   topic.replication_factor, error,
                                   sizeof(error)));
  if (wanted == nullptr) {
    return KafkaStatus(RD_KAFKA_RESP_ERR__INVALID_ARG, what, error);
  }
  for (const auto& [name, value] : topic.config) {
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  }
  auto event =
      Ask(client_, timeout_ms_, RD_KAFKA_ADMIN_OP_CREATETOPICS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_NewTopic_t* topics[] = {wanted.get()};
            rd_kafka_CreateTopics(&client_, topics, 1, options, queue);
          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto* results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event->get()), &count);
  return TopicError(results, count, what);
}

absl::Status TopicAdmin::AddPartitions(const std::string& topic,
                                       int partitions) {
  const std::string what = Cat("add partitions to topic '", topic, "'");
  char error[256] = {};
  std::unique_ptr<rd_kafka_NewPartitions_t,
                  KafkaDelete<rd_kafka_NewPartitions_destroy>>
      wanted(rd_kafka_NewPartitions_new(topic.c_str(), partitions, error,
                                        sizeof(error)));
  if (wanted == nullptr) {
    return KafkaStatus(RD_KAFKA_RESP_ERR__INVALID_ARG, what, error);
  }
  auto event =
      Ask(client_, timeout_ms_, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_NewPartitions_t* all[] = {wanted.get()};
            rd_kafka_CreatePartitions(&client_, all, 1, options, queue);
          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto* results = rd_kafka_CreatePartitions_result_topics(
      rd_kafka_event_CreatePartitions_result(event->get()), &count);
  return TopicError(results, count, what);
}

absl::Status TopicAdmin::Delete(const std::string& topic) {
  const std::string what = Cat("delete topic '", topic, "'");
  std::unique_ptr<rd_kafka_DeleteTopic_t,
                  KafkaDelete<rd_kafka_DeleteTopic_destroy>>
      wanted(rd_kafka_DeleteTopic_new(topic.c_str()));
  auto event =
      Ask(client_, timeout_ms_, RD_KAFKA_ADMIN_OP_DELETETOPICS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_DeleteTopic_t* all[] = {wanted.get()};
            rd_kafka_DeleteTopics(&client_, all, 1, options, queue);
          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto* results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(event->get()), &count);
  return TopicError(results, count, what);
}

absl::StatusOr<int> TopicAdmin::PartitionCount(const std::string& topic) {
  const std::string what = Cat("look up topic '", topic, "'");
  KafkaTopicPtr handle(rd_kafka_topic_new(&client_, topic.c_str(), nullptr));
  if (handle == nullptr) return KafkaStatus(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(&client_, 0, handle.get(), &answer, timeout_ms_);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, what);
  std::unique_ptr<const rd_kafka_metadata_t,
                  KafkaDelete<rd_kafka_metadata_destroy>>
      metadata(answer);
  if (metadata->topic_cnt != 1) {
    return KafkaStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what);
  }
  if (metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(metadata->topics[0].err, what);
  }
  return metadata->topics[0].partition_cnt;
}

absl::StatusOr<std::string> TopicAdmin::TopicSetting(
    const std::string& topic, const std::string& setting) {
  const std::string what = Cat("read '", setting, "' of topic '", topic, "'");
  std::unique_ptr<rd_kafka_ConfigResource_t,
                  KafkaDelete<rd_kafka_ConfigResource_destroy>>
      wanted(
          rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  auto event =
      Ask(client_, timeout_ms_, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_ConfigResource_t* all[] = {wanted.get()};
            rd_kafka_DescribeConfigs(&client_, all, 1, options, queue);
          });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto* resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) return KafkaStatus(RD_KAFKA_RESP_ERR__BAD_MSG, what);
  const rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(resources[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, what);
  const auto* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (size_t i = 0; i < count; ++i) {
    if (setting != rd_kafka_ConfigEntry_name(entries[i])) continue;
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    return std::string(value != nullptr ? value : "");
  }
  return absl::NotFoundError(Cat(what, ": there is no such setting"));
}

}  // namespace phoenix
