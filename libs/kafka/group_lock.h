#ifndef LIBS_KAFKA_GROUP_LOCK_H_
#define LIBS_KAFKA_GROUP_LOCK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/group_consumer.h"

namespace phoenix {

// A lock that at most one process has, of all that reach a cluster: who has it
// is the only member of a consumer group. It is looked for before a process
// joins, so that one that comes later does not disturb the one that is there,
// and after, when of two that came at once the later sees the other, and
// perhaps each does: then neither has it, and others may see them for
// kSessionTimeout.
//
// A process that ends lets go of it at once, one that is killed after
// kSessionTimeout. One that was stopped for longer has lost it, and learns it
// some seconds after it goes on. Thread-compatible.
class GroupLock {
 public:
  // How long the cluster takes a member that is silent for alive.
  static constexpr absl::Duration kSessionTimeout = absl::Seconds(20);

  // How long the group may take to admit one.
  static constexpr absl::Duration kMaxJoinTime = absl::Seconds(20);

  // Joins `group` as a reader of `topic`, which has to be there and is not
  // read. FAILED_PRECONDITION names the client that has the lock, by what the
  // cluster knows of it: its client id, which says the host, the process and
  // since when, and its address. PERMISSION_DENIED where the user may not
  // describe the group, UNAVAILABLE when it does not admit this process in
  // time; other errors as of GroupConsumer::Open. Blocks, as a rule for
  // group.initial.rebalance.delay.ms of the brokers.
  static absl::StatusOr<std::unique_ptr<GroupLock>> Take(
      KafkaConnection connection, const std::string& topic,
      const std::string& group, Clock& clock = Clock::System());

  // Leaves the group.
  ~GroupLock();

  // OK while this has the lock; ABORTED from when it is known to be lost. To be
  // called every few seconds, for the group drops members that don't for five
  // minutes.
  absl::Status Check();

 private:
  // Reads nothing; notices when the group has gone on without it.
  class Membership : public GroupConsumer::Listener {
   public:
    void OnAssigned(std::vector<TopicPartition>& partitions) override;
    void OnRevoked(const std::vector<TopicPartition>& partitions,
                   bool lost) override;
    void OnCommitFailed() override {}

    bool lost() const { return lost_; }

   private:
    bool lost_ = false;
  };

  GroupLock(GroupConsumerOptions options)
      : group_(options.group), consumer_(std::move(options), membership_) {}

  absl::Status Join(Clock& clock);
  absl::Status CheckAlone(const std::string& client_id);

  const std::string group_;
  Membership membership_;
  GroupConsumer consumer_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_GROUP_LOCK_H_
