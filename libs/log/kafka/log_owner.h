#ifndef LIBS_LOG_KAFKA_LOG_OWNER_H_
#define LIBS_LOG_KAFKA_LOG_OWNER_H_

#include <cstdint>
#include <map>

#include "absl/status/status.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/kafka_log_options.h"

namespace phoenix {

// Refuses a topic that holds the log of another pipeline, by one record: the
// first that the group is to be given, which has `committed` these offsets, by
// partition. What is behind them is nobody's concern. FAILED_PRECONDITION with
// what CheckPipeline says; what can't be read now is looked at when it is read.
// Blocks while brokers answer, at most about `open_timeout`.
absl::Status CheckLogOwner(const KafkaLogOptions& options,
                           const std::map<int32_t, CommittedOffset>& committed);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_LOG_OWNER_H_
