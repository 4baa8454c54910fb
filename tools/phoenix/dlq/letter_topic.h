#ifndef TOOLS_PHOENIX_DLQ_LETTER_TOPIC_H_
#define TOOLS_PHOENIX_DLQ_LETTER_TOPIC_H_

#include <string>

#include "libs/kafka/connection.h"

namespace phoenix {

// A topic of Kafka that has dead letters.
struct LetterTopic {
  KafkaConnection connection;
  std::string topic;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_TOPIC_H_
