#ifndef LIBS_LOG_KAFKA_GROUP_POSITION_H_
#define LIBS_LOG_KAFKA_GROUP_POSITION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/partition_birth.h"

namespace phoenix {

// Where a group goes on in a partition of its log.
struct GroupPosition {
  // The record, or RD_KAFKA_OFFSET_BEGINNING.
  int64_t record = 0;

  // Of what was read before; none when nothing was.
  std::optional<PartitionBirth> birth = {};

  // Records before it that the topic has deleted before they were final.
  int64_t expired_records = 0;
};

// Where the group of the admin's client goes on in these partitions of a topic.
// What was committed last may be of a topic of that name that is gone, by a
// process that had not noticed: then at the beginning. Errors are those of
// TopicAdmin.
absl::StatusOr<std::map<int32_t, GroupPosition>> FindGroupPositions(
    TopicAdmin admin, const std::string& topic,
    const std::vector<int32_t>& partitions);

// Says in the log what happens now.
void WarnOfNewTopic(const std::string& topic, int32_t partition);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_GROUP_POSITION_H_
