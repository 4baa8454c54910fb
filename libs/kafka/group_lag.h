#ifndef LIBS_KAFKA_GROUP_LAG_H_
#define LIBS_KAFKA_GROUP_LAG_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/kafka/group_consumer.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// How far a member of a group is behind. The client knows the ends of
// partitions by what it fetches, but not of those that are paused: brokers are
// asked for them now and then. Used by the consumer's thread.
class GroupLag {
 public:
  // How often brokers are asked, and how long the thread waits for an answer.
  static constexpr absl::Duration kInterval = absl::Seconds(5);
  static constexpr absl::Duration kTimeout = absl::Milliseconds(500);

  // Both outlive this.
  GroupLag(GroupConsumer& consumer, Clock& clock)
      : consumer_(consumer), clock_(clock) {}

  // Asks for the ends of `partitions` if it is time: of all that are assigned.
  // Without an answer what is known must do until the next time.
  void AskIfDue(std::vector<TopicPartition> partitions);

  // It is time: others are assigned.
  void AskSoon() { next_nanos_ = 0; }

  // The oldest offset of the partition and the next one to come, as far as they
  // are known; negative where they are not.
  Watermarks MarksOf(const TopicPartition& partition);

  // How many offsets there are from the partition's own to its end, without
  // those that the topic has deleted; 0 when its own is negative.
  int64_t LagOf(const TopicPartition& partition);

 private:
  GroupConsumer& consumer_;
  Clock& clock_;
  std::vector<TopicPartition> ends_;  // By the last answer; sorted.
  int64_t next_nanos_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_GROUP_LAG_H_
