#include "libs/kafka/topic_admin.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/kafka_error.h"

namespace phoenix {
namespace {

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t,
                                   KafkaDelete<rd_kafka_AdminOptions_destroy>>;

using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t,
                                    KafkaDelete<rd_kafka_metadata_destroy>>;

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

using ResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t,
                    KafkaDelete<rd_kafka_ConfigResource_destroy>>;

struct Setting {
  std::string value;
  bool of_topic = false;  // Set for this topic; otherwise a default.
};

// The error of the one resource that a request was about.
absl::Status ResourceError(const rd_kafka_ConfigResource_t* const* resources,
                           size_t count, std::string_view what) {
  if (count != 1) return KafkaStatus(RD_KAFKA_RESP_ERR__BAD_MSG, what);
  const rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(resources[0]);
  const char* text = rd_kafka_ConfigResource_error_string(resources[0]);
  return KafkaStatus(error, what,
                     text != nullptr ? text : rd_kafka_err2str(error));
}

absl::StatusOr<std::map<std::string, Setting>> ReadSettingsOnce(
    rd_kafka_t& client, int timeout_ms, const std::string& topic,
    std::string_view what) {
  const ResourcePtr wanted(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  PHOENIX_ASSIGN_OR_RETURN(
      const KafkaEventPtr event,
      Ask(client, timeout_ms, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_ConfigResource_t* all[] = {wanted.get()};
            rd_kafka_DescribeConfigs(&client, all, 1, options, queue);
          }));
  size_t count = 0;
  const auto* resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  PHOENIX_RETURN_IF_ERROR(ResourceError(resources, count, what));
  const auto* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  std::map<std::string, Setting> settings;
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = {
        value != nullptr ? value : "",
        rd_kafka_ConfigEntry_source(entries[i]) ==
            RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG};
  }
  return settings;
}

// A topic that was just created is not known at once to every broker, and any
// of them may be asked.
absl::StatusOr<std::map<std::string, Setting>> ReadSettings(
    rd_kafka_t& client, int timeout_ms, const std::string& topic,
    std::string_view what) {
  constexpr int kMaxAttempts = 50;
  constexpr absl::Duration kPause = absl::Milliseconds(100);
  auto settings = ReadSettingsOnce(client, timeout_ms, topic, what);
  for (int i = 1; i < kMaxAttempts && absl::IsNotFound(settings.status());
       ++i) {
    absl::SleepFor(kPause);
    settings = ReadSettingsOnce(client, timeout_ms, topic, what);
  }
  return settings;
}

bool IsMoving(rd_kafka_resp_err_t coordinator) {
  return coordinator == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         coordinator == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         coordinator == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

// The first error of the request or of a part of it.
rd_kafka_resp_err_t ReadCommittedOnce(rd_kafka_t& client, int timeout_ms,
                                      rd_kafka_topic_partition_list_t& list) {
  rd_kafka_resp_err_t error = rd_kafka_committed(&client, &list, timeout_ms);
  for (int i = 0; i < list.cnt && error == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    error = list.elems[i].err;
  }
  return error;
}

// A group goes to another broker when its own dies, which the client hears by
// asking, and which takes as long as that needs to read what it is to know.
rd_kafka_resp_err_t ReadCommitted(rd_kafka_t& client, int timeout_ms,
                                  rd_kafka_topic_partition_list_t& list) {
  constexpr int kPauseMs = 100;
  auto error = ReadCommittedOnce(client, timeout_ms, list);
  for (int ms = 0; ms < timeout_ms && IsMoving(error); ms += kPauseMs) {
    absl::SleepFor(absl::Milliseconds(kPauseMs));
    error = ReadCommittedOnce(client, timeout_ms, list);
  }
  return error;
}

absl::StatusOr<std::vector<GroupMember>> FindMembersOnce(
    rd_kafka_t& client, int timeout_ms, const std::string& group) {
  const std::string what = Cat("look up group '", group, "'");
  PHOENIX_ASSIGN_OR_RETURN(
      const KafkaEventPtr event,
      Ask(client, timeout_ms, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            const char* name = group.c_str();
            rd_kafka_DescribeConsumerGroups(&client, &name, 1, options, queue);
          }));
  size_t count = 0;
  const rd_kafka_ConsumerGroupDescription_t* const* groups =
      rd_kafka_DescribeConsumerGroups_result_groups(
          rd_kafka_event_DescribeConsumerGroups_result(event.get()), &count);
  if (count != 1) return KafkaStatus(RD_KAFKA_RESP_ERR__BAD_MSG, what);
  const rd_kafka_error_t* const error =
      rd_kafka_ConsumerGroupDescription_error(groups[0]);
  if (error != nullptr) {
    return KafkaStatus(rd_kafka_error_code(error), what,
                       rd_kafka_error_string(error));
  }
  std::vector<GroupMember> members;
  count = rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_MemberDescription_t* const member =
        rd_kafka_ConsumerGroupDescription_member(groups[0], i);
    members.push_back({rd_kafka_MemberDescription_client_id(member),
                       rd_kafka_MemberDescription_host(member)});
  }
  return members;
}

absl::Status WriteSettings(rd_kafka_t& client, int timeout_ms,
                           const std::string& topic,
                           const std::map<std::string, std::string>& settings,
                           std::string_view what) {
  const ResourcePtr wanted(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  for (const auto& [name, value] : settings) {
    rd_kafka_ConfigResource_set_config(wanted.get(), name.c_str(),
                                       value.c_str());
  }
  PHOENIX_ASSIGN_OR_RETURN(
      const KafkaEventPtr event,
      Ask(client, timeout_ms, RD_KAFKA_ADMIN_OP_ALTERCONFIGS, what,
          [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
            rd_kafka_ConfigResource_t* all[] = {wanted.get()};
            rd_kafka_AlterConfigs(&client, all, 1, options, queue);
          }));
  size_t count = 0;
  const auto* resources = rd_kafka_AlterConfigs_result_resources(
      rd_kafka_event_AlterConfigs_result(event.get()), &count);
  return ResourceError(resources, count, what);
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

absl::StatusOr<TopicShape> TopicAdmin::CreateIfMissing(
    const KafkaTopic& topic) {
  const absl::Status created = Create(topic);
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  return Await(topic.name);
}

absl::StatusOr<TopicShape> TopicAdmin::Await(const std::string& topic) {
  // Brokers hear of it within milliseconds, unless they are busy; who does not
  // answer has taken its time already.
  constexpr int kMaxAttempts = 100;
  constexpr int kUnavailableAttempts = 10;
  constexpr absl::Duration kPause = absl::Milliseconds(50);
  auto shape = Describe(topic);
  for (int attempts = 0; attempts < kMaxAttempts && !shape.ok();) {
    if (absl::IsNotFound(shape.status())) {
      ++attempts;
    } else if (absl::IsUnavailable(shape.status())) {
      attempts += kUnavailableAttempts;
    } else {
      break;
    }
    absl::SleepFor(kPause);
    shape = Describe(topic);
  }
  return shape;
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

absl::StatusOr<TopicShape> TopicAdmin::Describe(const std::string& topic) {
  const std::string what = Cat("look up topic '", topic, "'");
  KafkaTopicPtr handle(rd_kafka_topic_new(&client_, topic.c_str(), nullptr));
  if (handle == nullptr) return KafkaStatus(rd_kafka_last_error(), what);
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(&client_, 0, handle.get(), &answer, timeout_ms_);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaStatus(error, what);
  const MetadataPtr metadata(answer);
  if (metadata->topic_cnt != 1) {
    return KafkaStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what);
  }
  if (metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaStatus(metadata->topics[0].err, what);
  }
  const rd_kafka_metadata_topic_t& found = metadata->topics[0];
  TopicShape shape{.partitions = found.partition_cnt, .replicas = 0};
  for (int i = 0; i < found.partition_cnt; ++i) {
    const int replicas = found.partitions[i].replica_cnt;
    shape.replicas = i == 0 ? replicas : std::min(shape.replicas, replicas);
  }
  return shape;
}

absl::StatusOr<int> TopicAdmin::PartitionCount(const std::string& topic) {
  PHOENIX_ASSIGN_OR_RETURN(const TopicShape shape, Describe(topic));
  return shape.partitions;
}

absl::StatusOr<std::map<std::string, int>> TopicAdmin::PartitionCounts() {
  const rd_kafka_metadata_t* answer = nullptr;
  PHOENIX_RETURN_IF_ERROR(
      KafkaStatus(rd_kafka_metadata(&client_, 1, nullptr, &answer, timeout_ms_),
                  "look up all topics"));
  const MetadataPtr metadata(answer);
  std::map<std::string, int> counts;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    counts[topic.topic] = topic.partition_cnt;
  }
  return counts;
}

absl::StatusOr<std::string> TopicAdmin::TopicSetting(
    const std::string& topic, const std::string& setting) {
  const std::string what = Cat("read '", setting, "' of topic '", topic, "'");
  PHOENIX_ASSIGN_OR_RETURN(const auto all,
                           ReadSettings(client_, timeout_ms_, topic, what));
  const auto found = all.find(setting);
  if (found != all.end()) return found->second.value;
  return absl::NotFoundError(Cat(what, ": there is no such setting"));
}

// All of the topic's own settings are set at once: brokers forget those that
// are left out.
absl::Status TopicAdmin::AlterSettings(
    const std::string& topic,
    const std::map<std::string, std::string>& settings) {
  const std::string what = Cat("alter topic '", topic, "'");
  PHOENIX_ASSIGN_OR_RETURN(const auto all,
                           ReadSettings(client_, timeout_ms_, topic, what));
  const bool same =
      std::all_of(settings.begin(), settings.end(), [&](const auto& setting) {
        const auto found = all.find(setting.first);
        return found != all.end() && found->second.value == setting.second;
      });
  if (same) return absl::OkStatus();
  std::map<std::string, std::string> wanted = settings;
  for (const auto& [name, setting] : all) {
    if (setting.of_topic) wanted.emplace(name, setting.value);
  }
  return WriteSettings(client_, timeout_ms_, topic, wanted, what);
}

absl::StatusOr<Watermarks> TopicAdmin::FindWatermarks(const std::string& topic,
                                                      int32_t partition) {
  Watermarks marks;
  const absl::Status asked = KafkaStatus(
      rd_kafka_query_watermark_offsets(&client_, topic.c_str(), partition,
                                       &marks.low, &marks.high, timeout_ms_),
      Cat("find first and last offset of topic '", topic, "'"));
  if (!asked.ok()) return asked;
  return marks;
}

absl::StatusOr<int64_t> TopicAdmin::FindOffset(const std::string& topic,
                                               int32_t partition,
                                               absl::Time time) {
  const std::string what = Cat("find offset in topic '", topic, "' by time");
  const KafkaPartitionsPtr list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t& wanted =
      *rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
  wanted.offset = absl::ToUnixMillis(time);
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(
      rd_kafka_offsets_for_times(&client_, list.get(), timeout_ms_), what));
  PHOENIX_RETURN_IF_ERROR(KafkaStatus(wanted.err, what));
  if (wanted.offset >= 0) return wanted.offset;
  PHOENIX_ASSIGN_OR_RETURN(const Watermarks marks,
                           FindWatermarks(topic, partition));
  return marks.high;
}

absl::StatusOr<std::map<int32_t, CommittedOffset>> TopicAdmin::FindOwnCommitted(
    const std::string& topic, int32_t partitions) {
  const std::string what = Cat("read committed offsets of topic '", topic, "'");
  const KafkaPartitionsPtr list(rd_kafka_topic_partition_list_new(partitions));
  rd_kafka_topic_partition_list_add_range(list.get(), topic.c_str(), 0,
                                          partitions - 1);
  PHOENIX_RETURN_IF_ERROR(
      KafkaStatus(ReadCommitted(client_, timeout_ms_, *list), what));
  std::map<int32_t, CommittedOffset> committed;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& found = list->elems[i];
    if (found.offset < 0) continue;
    committed[found.partition] = {
        found.offset, std::string(static_cast<const char*>(found.metadata),
                                  found.metadata_size)};
  }
  return committed;
}

// A cluster that has not had any group yet makes the topic in which it keeps
// them when it is asked for one; librdkafka does not wait for that.
absl::StatusOr<std::vector<GroupMember>> TopicAdmin::FindMembers(
    const std::string& group) {
  constexpr int kMaxAttempts = 10;
  constexpr absl::Duration kPause = absl::Milliseconds(500);
  auto members = FindMembersOnce(client_, timeout_ms_, group);
  for (int i = 1; i < kMaxAttempts && absl::IsUnavailable(members.status());
       ++i) {
    absl::SleepFor(kPause);
    members = FindMembersOnce(client_, timeout_ms_, group);
  }
  return members;
}

}  // namespace phoenix
