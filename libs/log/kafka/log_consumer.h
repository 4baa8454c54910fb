#ifndef LIBS_LOG_KAFKA_LOG_CONSUMER_H_
#define LIBS_LOG_KAFKA_LOG_CONSUMER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/kafka/group_consumer.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/group_position.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/kafka/log_topic.h"
#include "libs/log/kafka/partition_birth.h"
#include "libs/log/kafka/partition_feed.h"
#include "libs/log/log.h"

namespace phoenix {

// Reads the partitions of a log's topic that the group gives to this instance:
// one thread that is a member of the group. A partition of which enough waits
// to be read is paused, while the thread goes on polling, as membership
// demands. Cursors are committed up to the first record that is not final as a
// whole. A topic that was made anew, while processes ran or not, is read from
// its beginning, under another log's name (PartitionBirth). Thread-safe.
class LogConsumer : private GroupConsumer::Listener {
 public:
  // Records of one poll: few, since each is a batch.
  static constexpr size_t kMaxRoundRecords = 16;

  // A cursor that has moved by so many records is committed before its time:
  // what comes again after a kill is then within what sinks remember, though
  // each of these records may take up 16 pages there (offset_pages.h).
  static constexpr int64_t kMaxUncommittedRecords = 1024;

  // How long joining the group may take without being worth a word.
  static constexpr absl::Duration kUsualJoin = absl::Seconds(2);

  // How often it is asked whether the topic is still the one that was read,
  // after cursors have moved: a question for each partition.
  static constexpr absl::Duration kBirthCheckInterval = absl::Seconds(5);

  // `clock` outlives it.
  LogConsumer(const KafkaLogOptions& options, const LogTopic& topic,
              Clock& clock);

  // Closes.
  ~LogConsumer() override;

  // Joins the group. Once. See Log::Subscribe.
  absl::Status Start(PartitionListener& listener);

  // As those of Log.
  absl::StatusOr<std::unique_ptr<LogReader>> Read(int32_t partition,
                                                  int64_t from_offset);
  absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(int32_t partition,
                                                      absl::Time from);
  absl::Status SetCursor(int32_t partition, int64_t offset);
  absl::StatusOr<int64_t> cursor(int32_t partition) const;

  // Commits, and returns when the brokers have answered.
  absl::Status SyncCursors();

  // Commits, leaves the group and ends the thread. Idempotent.
  absl::Status Close();

  // See Log: a group that has not given out its partitions yet, or StandsStill.
  std::string WaitsFor() const;

  // The partition of this instance that has lost what was to be read: nobody
  // reads on in it before its topic was made anew, which is looked for every
  // kBirthCheckInterval. Empty: there is none.
  std::string StandsStill() const;

  bool IsAssigned(int32_t partition) const;

  // Of the partitions that are assigned: up to which record each was read.
  std::map<int32_t, int64_t> read_ends() const;

  const PartitionFeed::Counters& counters() const { return *counters_; }

  // Of the partitions that are assigned: records that are not final as a whole.
  // What others appended in the last seconds may be missing.
  uint64_t lag_records() const;

  // Records that the topic has lost before they were read.
  uint64_t expired_records() const;

 private:
  struct Assigned {
    std::shared_ptr<PartitionFeed> feed;
    bool paused = false;
    int64_t committed = -1;
    int64_t asked = 0;  // To commit, whatever became of it.
    // Of the partition, as brokers said last: its oldest record, and its next.
    Watermarks marks = {};
    std::string stands_still = {};  // Why.
  };

  void OnAssigned(std::vector<TopicPartition>& partitions) override;
  void OnRevoked(const std::vector<TopicPartition>& partitions,
                 bool lost) override;
  void OnCommitFailed() override;
  void OnOutOfRange(const TopicPartition& place) override;

  // All on the thread.
  void Run();
  void Reopen();
  void PauseReopening();
  void WatchJoin();
  void Take(const rd_kafka_message_t& message);
  void PauseWhereNeeded();
  void RewindWhereNeeded();
  void CallReaders();
  void CommitIfDue();
  void FindEndsIfDue();
  void AddFeed(int32_t partition, const GroupPosition& position);
  absl::Status LookBehind(const TopicPartition& place);
  void CountExpired(int32_t partition, int64_t records);
  absl::StatusOr<bool> FindMadeAnew(int32_t partition,
                                    const std::optional<PartitionBirth>& birth);
  std::vector<TopicPartition> Due(const std::vector<TopicPartition>& of);
  absl::Status CheckBirthsIfDue();
  absl::Status Commit(const std::vector<TopicPartition>& of, bool wait);
  bool IsFarAhead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration PollInterval() const;

  std::shared_ptr<PartitionFeed> FeedOf(int32_t partition) const;
  absl::Status NotAssigned(int32_t partition) const;
  std::vector<TopicPartition> AllAssigned() const;

  const KafkaLogOptions options_;
  const LogTopic topic_;
  Clock& clock_;
  const std::shared_ptr<PartitionFeed::Counters> counters_;
  PartitionListener* listener_ = nullptr;
  GroupConsumer consumer_;
  // Of the thread.
  int64_t next_commit_nanos_ = 0;
  int64_t next_ends_nanos_ = 0;
  int64_t next_birth_check_nanos_ = 0;
  bool has_committed_ = false;  // Since births were checked.
  int64_t joins_since_nanos_ = 0;
  bool must_reopen_ = false;
  bool topic_is_new_ = false;  // Cursors are those of another: none is kept.
  int64_t tenure_ = 0;         // Rises also from one run to the next.

  mutable Mutex mutex_;
  CondVar changed_;
  std::map<int32_t, Assigned> assigned_ ABSL_GUARDED_BY(mutex_);
  bool started_ ABSL_GUARDED_BY(mutex_) = false;
  std::string waits_for_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t syncs_wanted_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t syncs_done_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status sync_status_ ABSL_GUARDED_BY(mutex_);
  uint64_t expired_records_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_LOG_CONSUMER_H_
