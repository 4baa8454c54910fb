#ifndef TOOLS_PHOENIX_DLQ_TOPIC_TESTING_H_
#define TOOLS_PHOENIX_DLQ_TOPIC_TESTING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/sinks/kafka/kafka_sink.h"

namespace phoenix {

// Fails events e0, e1, ... of pipeline 'weather' with these payloads at a
// second, and has a sink write the dead letters.
absl::Status WriteLetters(const KafkaSink::Options& options,
                          const std::vector<std::string>& payloads, int second);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_TOPIC_TESTING_H_
