#ifndef LIBS_KAFKA_RECORD_LIMIT_H_
#define LIBS_KAFKA_RECORD_LIMIT_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// What a topic takes in one piece, which is a batch of records as it is sent,
// bounds each record too. Functions without state.

// Unless the topic, or the cluster, is set up otherwise.
inline constexpr size_t kDefaultMaxRecordBytes = 1'048'588;

// Whether a broker says that a batch is larger than its topic takes. Any of its
// records may be small enough.
bool IsTooLarge(rd_kafka_resp_err_t error);

// The topic's `max.message.bytes`. None: the cluster does not tell, as who may
// write need not be allowed to look at settings. UNAVAILABLE when no broker
// answers.
absl::StatusOr<std::optional<size_t>> FindMaxRecordBytes(
    TopicAdmin& admin, const std::string& topic);

// The most to send in one piece now that a broker has refused `refused` bytes
// as too large, of which `believed` were thought to be taken: what the topic
// says, if that is news, otherwise half; `least` at least. All in bytes.
size_t SmallerLimit(size_t believed, size_t refused,
                    std::optional<size_t> topic_says, size_t least);

}  // namespace phoenix

#endif  // LIBS_KAFKA_RECORD_LIMIT_H_
