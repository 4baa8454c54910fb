#ifndef LIBS_KAFKA_RECORD_VIEW_H_
#define LIBS_KAFKA_RECORD_VIEW_H_

#include <librdkafka/rdkafka.h>

#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace phoenix {

// The parts of a record that was received. Views are valid as long as it is.

// Empty also where there is none.
std::string_view RecordKey(const rd_kafka_message_t& message);
std::string_view RecordValue(const rd_kafka_message_t& message);

// Of its producer's clock, or the broker's, as the topic is set up.
absl::Time RecordTime(const rd_kafka_message_t& message);

// In their order; a name may come several times.
std::vector<std::pair<std::string_view, std::string_view>> RecordHeaders(
    const rd_kafka_message_t& message);

// The last header of that name; empty where there is none.
std::string_view RecordHeader(const rd_kafka_message_t& message,
                              const char* name);

}  // namespace phoenix

#endif  // LIBS_KAFKA_RECORD_VIEW_H_
