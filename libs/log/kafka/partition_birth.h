#ifndef LIBS_LOG_KAFKA_PARTITION_BIRTH_H_
#define LIBS_LOG_KAFKA_PARTITION_BIRTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// Tells a partition of a log from that of a topic which was made anew under the
// same name, where offsets begin at 0 again: by the time of the first record
// that the group has read of it. Whoever begins at the same record finds the
// same birth, so nobody has to agree with anybody; from then on it is committed
// beside each offset, and dies with the topic as those do.
struct PartitionBirth {
  // When the group did not begin at the first record of the partition.
  static constexpr int64_t kUnknownRecord = -1;

  int64_t record = kUnknownRecord;
  int64_t time_millis = 0;  // Of the record, since 1970.

  // As it is committed.
  std::string Encode() const;

  // None: no log has written that.
  static std::optional<PartitionBirth> Decode(std::string_view text);

  // The log's name in the identity of the partition's events.
  std::string LogName(const std::string& topic_and_cluster) const;

  friend bool operator==(const PartitionBirth&,
                         const PartitionBirth&) = default;
};

// Whether what the partition holds is younger than the birth: it was made anew
// since. Asks the brokers; errors are those of TopicAdmin. False where `record`
// is unknown.
absl::StatusOr<bool> IsMadeAnew(TopicAdmin admin, const std::string& topic,
                                int32_t partition, const PartitionBirth& birth);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_PARTITION_BIRTH_H_
