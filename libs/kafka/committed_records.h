#ifndef LIBS_KAFKA_COMMITTED_RECORDS_H_
#define LIBS_KAFKA_COMMITTED_RECORDS_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "libs/kafka/connection.h"

namespace phoenix {

// How long ReadCommittedRecords waits for a broker, or for a transaction to
// end, before it gives up.
inline constexpr int kMaxCommittedWaitSeconds = 10;

// Calls `visit` with each committed record of the partition, in order: those
// before the end that the partition has as of now, maybe some more. What open
// transactions have written before that end counts too, so their ends are
// waited for. Reads by itself, in no group; records are valid during the call.
//
// Blocks. UNAVAILABLE when no broker answers, or a transaction does not end, in
// time; CANCELLED soon after `cancelled`; other errors are those of
// KafkaStatus(). After an error some have been visited. Thread-safe.
absl::Status ReadCommittedRecords(
    const KafkaConnection& connection, const std::string& topic,
    int32_t partition, const std::atomic<bool>& cancelled,
    absl::FunctionRef<void(const rd_kafka_message_t&)> visit);

}  // namespace phoenix

#endif  // LIBS_KAFKA_COMMITTED_RECORDS_H_
