#include "libs/log/kafka/group_position.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>

#include "libs/base/status_macros.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

absl::StatusOr<GroupPosition> PositionOf(TopicAdmin& admin,
                                         const std::string& topic,
                                         int32_t partition,
                                         const CommittedOffset& committed) {
  const auto birth = PartitionBirth::Decode(committed.metadata);
  if (birth) {
    PHOENIX_ASSIGN_OR_RETURN(const bool is_new,
                             IsMadeAnew(admin, topic, partition, *birth));
    if (is_new) {
      WarnOfNewTopic(topic, partition);
      return GroupPosition{RD_KAFKA_OFFSET_BEGINNING};
    }
  }
  const int64_t start = committed.offset;
  const auto marks = admin.FindWatermarks(topic, partition);
  if (!marks.ok() || marks->low <= start) return GroupPosition{start, birth};
  return GroupPosition{marks->low, birth, marks->low - start};
}

}  // namespace

absl::StatusOr<std::map<int32_t, GroupPosition>> FindGroupPositions(
    TopicAdmin admin, const std::string& topic,
    const std::vector<int32_t>& partitions) {
  std::map<int32_t, GroupPosition> positions;
  if (partitions.empty()) return positions;
  const int32_t last = *std::max_element(partitions.begin(), partitions.end());
  PHOENIX_ASSIGN_OR_RETURN(const auto committed,
                           admin.FindOwnCommitted(topic, last + 1));
  for (const int32_t partition : partitions) {
    GroupPosition& position = positions[partition];
    position.record = RD_KAFKA_OFFSET_BEGINNING;
    const auto found = committed.find(partition);
    if (found == committed.end()) continue;
    PHOENIX_ASSIGN_OR_RETURN(
        position, PositionOf(admin, topic, partition, found->second));
  }
  return positions;
}

void WarnOfNewTopic(const std::string& topic, int32_t partition) {
  Logger::Process().Warn(
      "The topic of the log was made anew: it is read from its beginning.",
      {{"topic", topic}, {"partition", partition}});
}

}  // namespace phoenix
