#include "libs/kafka/group_lock.h"

#include <unistd.h>

#include <cstdint>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {
namespace {

constexpr absl::Duration kAskTimeout = absl::Seconds(3);
constexpr absl::Duration kPollInterval = absl::Milliseconds(50);

// Nothing is read on purpose.
constexpr size_t kMaxBufferBytes = 1 << 20;
constexpr size_t kMaxPollRecords = 1000;

void PassOver(const rd_kafka_message_t&) {}

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 ? name : "unknown";
}

// What others are told about who has the lock.
std::string HolderId(const std::string& client_id, absl::Time now) {
  return Cat(client_id, " of process ", getpid(), " on ", HostName(), " since ",
             FromAbsl(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", now,
                                       absl::UTCTimeZone())));
}

absl::Status HeldBy(const GroupMember& holder) {
  return absl::FailedPreconditionError(
      Cat("held by client '", holder.client_id, "' at '", holder.host,
          "': one that was killed loses it within ",
          FromAbsl(absl::FormatDuration(GroupLock::kSessionTimeout))));
}

// Before this process is a member itself.
absl::Status CheckEmpty(const KafkaConnection& connection,
                        const std::string& group) {
  PHOENIX_ASSIGN_OR_RETURN(auto conf, MakeKafkaConf(connection, {}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  PHOENIX_ASSIGN_OR_RETURN(const std::vector<GroupMember> members,
                           TopicAdmin(*client, kAskTimeout).FindMembers(group));
  return members.empty() ? absl::OkStatus() : HeldBy(members[0]);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GroupLock>> GroupLock::Take(
    KafkaConnection connection, const std::string& topic,
    const std::string& group, Clock& clock) {
  PHOENIX_RETURN_IF_ERROR(CheckEmpty(connection, group));
  connection.client_id = HolderId(connection.client_id, clock.Now());
  connection.properties["session.timeout.ms"] =
      Cat(absl::ToInt64Milliseconds(kSessionTimeout));
  std::unique_ptr<GroupLock> lock(
      new GroupLock({.connection = connection,
                     .topics = {topic},
                     .group = group,
                     .max_buffer_bytes = kMaxBufferBytes}));
  PHOENIX_RETURN_IF_ERROR(lock->Join(clock));
  PHOENIX_RETURN_IF_ERROR(lock->CheckAlone(connection.client_id));
  return lock;
}

GroupLock::~GroupLock() { consumer_.Close(); }

absl::Status GroupLock::Join(Clock& clock) {
  PHOENIX_RETURN_IF_ERROR(consumer_.Open());
  const int64_t deadline =
      clock.MonotonicNanos() + absl::ToInt64Nanoseconds(kMaxJoinTime);
  while (!consumer_.has_share()) {
    if (clock.MonotonicNanos() > deadline) {
      return absl::UnavailableError(
          Cat("group '", group_, "' did not admit this process in ",
              FromAbsl(absl::FormatDuration(kMaxJoinTime)),
              ": expected brokers that answer, and the right to read the "
              "group"));
    }
    consumer_.Poll(kPollInterval, kMaxPollRecords, &PassOver);
  }
  return absl::OkStatus();
}

// The client ids of two of one process and second are the same.
absl::Status GroupLock::CheckAlone(const std::string& client_id) {
  PHOENIX_ASSIGN_OR_RETURN(const std::vector<GroupMember> members,
                           consumer_.Admin(kAskTimeout).FindMembers(group_));
  if (members.size() <= 1) return Check();
  for (const GroupMember& member : members) {
    if (member.client_id != client_id) return HeldBy(member);
  }
  return HeldBy(members.back());
}

absl::Status GroupLock::Check() {
  consumer_.Poll(absl::ZeroDuration(), kMaxPollRecords, &PassOver);
  if (!membership_.lost() && !consumer_.failed()) return absl::OkStatus();
  return absl::AbortedError(
      Cat("group '", group_,
          "' has dropped this process, which did not "
          "answer for ",
          FromAbsl(absl::FormatDuration(kSessionTimeout))));
}

// Behind all records, so that hardly any are fetched.
void GroupLock::Membership::OnAssigned(
    std::vector<TopicPartition>& partitions) {
  for (TopicPartition& one : partitions) one.offset = RD_KAFKA_OFFSET_END;
}

void GroupLock::Membership::OnRevoked(const std::vector<TopicPartition>&,
                                      bool lost) {
  lost_ = lost_ || lost;
}

}  // namespace phoenix
