#ifndef LIBS_KAFKA_GROUP_CONSUMER_H_
#define LIBS_KAFKA_GROUP_CONSUMER_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// One partition of a topic, and an offset where one is meant; negative: none,
// or one of librdkafka's own, such as RD_KAFKA_OFFSET_BEGINNING.
struct TopicPartition {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string metadata = {};  // Committed beside the offset.

  friend auto operator<=>(const TopicPartition&,
                          const TopicPartition&) = default;
};

struct GroupConsumerOptions {
  KafkaConnection connection;
  std::vector<std::string> topics;
  std::string group;
  size_t max_buffer_bytes = 32 << 20;  // What is fetched ahead.
  bool topics_are_new = false;         // Not every broker may know them yet.
  bool tell_end = false;               // Whether the listener hears of OnEnd.

  // Whether the listener hears of an offset that the topic does not hold, and
  // decides; else reading goes on with the earliest record.
  bool tell_out_of_range = false;
};

// A member of a consumer group: cooperative, so that a rebalance stops only the
// partitions that move; reads what was committed; commits what it is told to.
// Used by one thread.
class GroupConsumer {
 public:
  // Hears of what happens to the member, within calls of Poll and Close.
  class Listener {
   public:
    virtual ~Listener() = default;

    // Reading begins where the group has committed, and without that with the
    // earliest record; or at an offset that is set here.
    virtual void OnAssigned(std::vector<TopicPartition>& partitions) = 0;

    // They go to others once this returns. `lost`: they have gone already, and
    // commits for them will fail.
    virtual void OnRevoked(const std::vector<TopicPartition>& partitions,
                           bool lost) = 0;

    // A commit that was not waited for has failed, for some partitions or all.
    virtual void OnCommitFailed() = 0;

    // The topic does not hold what is to be read next: the partition stands
    // still until it is assigned anew. Only with tell_out_of_range; within
    // Poll.
    virtual void OnOutOfRange(const TopicPartition&) {}

    // All records before the partition's offset have come, of those that are
    // for readers: what there is behind the last one is of transactions. Within
    // Poll, in order with the records; only with tell_end.
    virtual void OnEnd(const TopicPartition& /*partition*/) {}
  };

  // Whether a name is a pattern of topics, which need not match any yet.
  static bool IsPattern(const std::string& topic) {
    return topic.starts_with("^");
  }

  // `listener` outlives this.
  GroupConsumer(GroupConsumerOptions options, Listener& listener);
  ~GroupConsumer();

  // Joins the group, in the background. NOT_FOUND when a topic does not exist,
  // INVALID_ARGUMENT and FAILED_PRECONDITION for properties. A broker that does
  // not answer is waited for.
  absl::Status Open();

  // Leaves the group: what is assigned is revoked first; as lost where it can't
  // go on.
  void Close();

  // Whether it can't go on: Close, then Open.
  bool failed() const;

  // Calls `take` for up to `count` records that are there; waits up to
  // `timeout` for the first. Records are valid during the call.
  void Poll(absl::Duration timeout, size_t count,
            absl::FunctionRef<void(const rd_kafka_message_t&)> take);

  // No records of the partition come, and come again. Nothing is lost.
  void Pause(const TopicPartition& partition);
  void Resume(const TopicPartition& partition);

  // Goes on from the partition's offset.
  absl::Status Seek(const TopicPartition& partition);

  // Whether the group shares its partitions anew just now. A commit would come
  // too late then, and cost the member all its partitions: brokers answer it
  // only after the member has joined anew.
  bool is_rebalancing() const { return join_ != nullptr && join_->rebalancing; }

  // Whether the group has admitted the member since it was opened; which of the
  // partitions are its share may not be known yet.
  bool is_admitted() const { return join_ != nullptr && join_->admitted; }

  // Whether it has been told its share, which may be nothing, since then.
  bool has_share() const { return join_ != nullptr && join_->has_share; }

  // Whether it is a member just now, with a share, in touch with the broker
  // that coordinates the group.
  bool is_member() const { return has_share() && join_->is_up; }

  // What keeps it from its work, by what it has heard last: why it is no member
  // yet or any more, or that the group refuses its offsets. OK where nothing is
  // known to be wrong. Errors are those of KafkaStatus().
  absl::Status trouble() const;

  // Commits offsets: those of the next records to read. `wait` for the answer;
  // otherwise the listener hears of a failure.
  absl::Status Commit(const std::vector<TopicPartition>& offsets, bool wait);

  // Asks the cluster things, each time up to `timeout`. Valid until Close.
  TopicAdmin Admin(absl::Duration timeout) {
    return TopicAdmin(*client_, timeout);
  }

  // The ends, as of FindEnds, of all partitions of the topics to read that
  // there are just now, as far as the user may see them. Blocks; each of two
  // questions may take `timeout`.
  absl::StatusOr<std::vector<TopicPartition>> FindSubscribedEnds(
      absl::Duration timeout);

  // Sets the offset of each to what the group has committed, or to
  // RD_KAFKA_OFFSET_INVALID where it has not. Blocks, at most about `timeout`.
  absl::Status FindCommitted(std::vector<TopicPartition>& partitions,
                             absl::Duration timeout);

  // Sets the offset of each to that of the next record that its topic will
  // have, of transactions that are still open the first. Asks the brokers, once
  // for all partitions. Blocks, at most about `timeout`.
  absl::Status FindEnds(std::vector<TopicPartition>& partitions,
                        absl::Duration timeout);

  // The oldest offset of the partition, and the next one to come, as of when
  // records came last: for a partition that is paused both are old. Negative
  // where nothing is known.
  Watermarks KnownWatermarks(const TopicPartition& partition);

 private:
  // How far the client has come in joining, as its log tells: on librdkafka's
  // threads, hence apart from the rest.
  struct Join {
    explicit Join(GroupConsumer& consumer) : member(&consumer) {}

    std::atomic<GroupConsumer*> member;  // Null: it has given the client up.
    std::atomic<bool> rebalancing = false;
    std::atomic<bool> admitted = false;
    std::atomic<bool> has_share = false;      // Was told it, once.
    std::atomic<bool> awaits_assign = false;  // Of what it is to take.
    std::atomic<bool> is_up = false;          // In touch with the coordinator.
  };

  static GroupConsumer* MemberOf(void* join);
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event,
                          rd_kafka_topic_partition_list_t* partitions,
                          void* join);
  static void OnLog(const rd_kafka_t* client, int level, const char* facility,
                    const char* text);
  static void OnError(rd_kafka_t* client, int code, const char* reason,
                      void* join);
  static void OnCommit(rd_kafka_t* client, rd_kafka_resp_err_t error,
                       rd_kafka_topic_partition_list_t* offsets, void* join);
  void Rebalance(rd_kafka_resp_err_t event,
                 rd_kafka_topic_partition_list_t& partitions);
  bool CanBeDestroyed() const;
  void RevokeAll();
  absl::Status CheckTopics();
  absl::Status Subscribe();
  void TakeOne(const rd_kafka_message_t& message,
               absl::FunctionRef<void(const rd_kafka_message_t&)> take);

  const GroupConsumerOptions options_;
  Listener& listener_;
  std::unique_ptr<Join> join_;  // Outlives the client, whose opaque it is.
  KafkaClientPtr client_;
  KafkaQueuePtr queue_;
  std::vector<TopicPartition> assigned_;       // As the listener knows.
  std::vector<rd_kafka_message_t*> messages_;  // Of a poll; for its memory.
  absl::Status trouble_;         // Told since it was a member last.
  absl::Status refused_commit_;  // The last one, if it may not commit.
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_GROUP_CONSUMER_H_
