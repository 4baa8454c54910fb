#include "libs/kafka/topic_options.h"

#include <algorithm>
#include <cstddef>

#include "libs/base/text.h"

namespace phoenix {
namespace {

// Kafka's own bound of a topic's name.
constexpr size_t kMaxTopicBytes = 249;

bool IsTopicByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

absl::Status CheckTopicName(const std::string& name) {
  if (!name.empty() && name.size() <= kMaxTopicBytes && name != "." &&
      name != ".." && std::all_of(name.begin(), name.end(), IsTopicByte)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Cat("'", name, "' is no topic's name, expected up to ", kMaxTopicBytes,
          " letters, digits, '.', '_' and '-'"));
}

KafkaTopic ReadKafkaTopic(const std::string& name,
                          const kafka::v1::Topic& wanted) {
  KafkaTopic topic;
  topic.name = name;
  if (wanted.partitions() > 0) topic.partitions = wanted.partitions();
  if (wanted.replication_factor() > 0) {
    topic.replication_factor = wanted.replication_factor();
  }
  for (const auto& setting : wanted.config()) {
    topic.config[setting.name()] = setting.value();
  }
  return topic;
}

TopicWish ReadTopicWish(const kafka::v1::Topic& wanted) {
  return {.shape = ReadKafkaTopic("", wanted),
          .add_partitions = wanted.add_partitions(),
          .alter_config = wanted.alter_config(),
          .delete_at_end = wanted.delete_at_end()};
}

}  // namespace phoenix
