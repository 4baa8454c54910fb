#ifndef LIBS_KAFKA_TOPIC_OPTIONS_H_
#define LIBS_KAFKA_TOPIC_OPTIONS_H_

#include <string>

#include "absl/status/status.h"
#include "libs/kafka/topic_admin.h"
#include "libs/kafka/topic_keeper.h"
#include "phoenix/kafka/v1/topic.pb.h"

namespace phoenix {

// INVALID_ARGUMENT when no topic can have that name.
absl::Status CheckTopicName(const std::string& name);

// The topic `name` in the shape that a file asks for.
KafkaTopic ReadKafkaTopic(const std::string& name,
                          const kafka::v1::Topic& wanted);

// All that a file asks of a topic.
TopicWish ReadTopicWish(const kafka::v1::Topic& wanted);

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_OPTIONS_H_
