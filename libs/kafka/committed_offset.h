#ifndef LIBS_KAFKA_COMMITTED_OFFSET_H_
#define LIBS_KAFKA_COMMITTED_OFFSET_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// The offset that a consumer group has committed for a partition; none when it
// never did. Blocks until the cluster has answered, which waits out
// transactions that would change it, at most about `timeout`; errors are those
// of KafkaStatus(). Makes a client of its own, which joins no group.
// Thread-safe.
absl::StatusOr<std::optional<CommittedOffset>> ReadCommittedOffset(
    const KafkaConnection& connection, const std::string& group,
    const std::string& topic, int32_t partition, absl::Duration timeout);

}  // namespace phoenix

#endif  // LIBS_KAFKA_COMMITTED_OFFSET_H_
