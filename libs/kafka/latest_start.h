#ifndef LIBS_KAFKA_LATEST_START_H_
#define LIBS_KAFKA_LATEST_START_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/kafka/group_consumer.h"

namespace phoenix {

// Where a group begins that leaves out what is there already, and only that. A
// group is new as long as it has committed nothing of its topics: it begins at
// the ends that their partitions have, which whoever sees it first commits for
// all of them, also for those that other members read. Of a known group, a
// partition without an offset on record was added since: it begins with its
// earliest record.
//
// Several members may see a new group at once, and each commit ends of its own.
// All took them before they saw that nothing was on record, hence before the
// first commit: what comes after that is before none of them. Used by the
// consumer's thread.
class LatestStart {
 public:
  // `consumer` outlives this. Each question may take `timeout`.
  LatestStart(GroupConsumer& consumer, absl::Duration timeout)
      : consumer_(consumer), timeout_(timeout) {}

  // Looks up where a new group begins; what comes after that is read, and
  // topics and partitions that are added too. Once is enough.
  absl::Status Look();

  // Gives each partition without offset (a negative one) the one to begin with,
  // for a member that has been told its share. Looks where nobody has yet. On
  // an error nothing is known, and reading anything may be wrong.
  absl::Status Fill(std::vector<TopicPartition>& partitions);

 private:
  absl::Status LookWhetherKnown();
  int64_t EndOf(const TopicPartition& partition) const;

  GroupConsumer& consumer_;
  const absl::Duration timeout_;
  std::optional<std::vector<TopicPartition>> ends_;
  bool known_ = false;  // The group, to be what it stays while this reads.
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_LATEST_START_H_
