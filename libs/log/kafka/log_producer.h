#ifndef LIBS_LOG_KAFKA_LOG_PRODUCER_H_
#define LIBS_LOG_KAFKA_LOG_PRODUCER_H_

#include <librdkafka/rdkafka.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/event/event_batch.h"
#include "libs/kafka/handles.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/kafka/log_topic.h"
#include "libs/log/kafka/record_parts.h"
#include "libs/log/log.h"

namespace phoenix {

// Appends batches to the topic of a log: an idempotent producer, acknowledged
// by all in-sync replicas. A batch goes to the partition that its lane stands
// for, in records that the topic takes. A thread of its own makes the
// callbacks. Thread-safe.
//
// Each record is stored once, also when a partition changes its leader. Of a
// batch that is not stored in `delivery_timeout` the callback says UNAVAILABLE;
// it goes on taking room, and is stored when brokers are there again.
//
// When brokers refuse a record as too large, which fails as UNAVAILABLE, the
// topic's limit is asked for again. Where it says no smaller one, or this user
// may not ask, each record is sent alone from then on: so that it is known
// which was refused, and the next try can be smaller (RecordLimits).
class LogProducer {
 public:
  // Of what the producer has done.
  struct Counts {
    uint64_t queued_bytes = 0;
    uint64_t appended_events = 0;
    uint64_t appended_batches = 0;
    uint64_t failed_batches = 0;
    uint64_t records = 0;
  };

  LogProducer(const KafkaLogOptions& options, LogTopic topic);

  // Closes.
  ~LogProducer();

  // FAILED_PRECONDITION or INVALID_ARGUMENT when librdkafka refuses its
  // properties. Once, before all else.
  absl::Status Start();

  // See Log.
  absl::Status Append(EventBatchPtr batch, uint64_t lane,
                      Log::AppendCallback done);
  void WhenRoom(absl::AnyInvocable<void()> callback);

  // Takes a batch as Append does, to fail it as UNAVAILABLE, for this reason.
  absl::Status Refuse(EventBatchPtr batch, std::string_view why,
                      Log::AppendCallback done);

  // After the last record of each partition that this producer has stored;
  // Kafka's offsets, 0 where there is none.
  std::vector<int64_t> stored_ends() const;

  Counts counts() const;

  // As Log::Refuses.
  std::string refuses() const;

  // Takes no more, waits for what waits, and gives up after a while what still
  // does; calls all callbacks of appends. Idempotent.
  void Close();

  // The partition of a lane: always the same as long as there are as many.
  static int32_t PartitionOf(uint64_t lane, int partitions);

 private:
  struct Pending;
  struct Part;

  static void OnReport(rd_kafka_t* client, const rd_kafka_message_t* message,
                       void* self);
  absl::Status MakeClient() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ReplaceClient();
  absl::Status CheckRoom(uint64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoomFor(uint64_t bytes) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Produce(const std::shared_ptr<Pending>& pending)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  rd_kafka_resp_err_t ProduceOne(Part& part)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Finish(std::unique_ptr<Part> part, const absl::Status& stored,
              int64_t record);
  void FinishBatch(Pending& pending);
  void Tell(Pending& pending);
  void TellLate();
  std::vector<std::shared_ptr<Pending>> TakeLate();
  void Loop();
  void FinishRefused();
  void CallWaiters();
  bool MayEnd();
  void RestartIfFailed();
  void NoteTooLarge(const Part& part);
  void LearnLimitIfWrong();
  void ProbeIfRefused();
  absl::Status StoreError(rd_kafka_resp_err_t error) const;

  const KafkaLogOptions options_;
  const LogTopic topic_;

  mutable Mutex mutex_;
  KafkaClientPtr client_;  // Replaced under the lock, by the thread alone.
  KafkaQueuePtr reports_;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t refused_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<absl::AnyInvocable<void()>> waiters_ ABSL_GUARDED_BY(mutex_);
  // Since brokers have refused a record as too large: nothing is appended until
  // all that is under way is over, or late, and the limit is known better.
  bool limit_is_wrong_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t learn_by_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
  bool sends_alone_ ABSL_GUARDED_BY(mutex_) = false;
  RecordLimits limits_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Part>> refused_ ABSL_GUARDED_BY(mutex_);
  int64_t give_up_nanos_ ABSL_GUARDED_BY(mutex_) = 0;  // Once it closes.
  int64_t probe_nanos_ ABSL_GUARDED_BY(mutex_) = 0;    // While it refuses.
  // From the one that is due first: those that are stored have gone.
  std::deque<std::weak_ptr<Pending>> under_way_ ABSL_GUARDED_BY(mutex_);
  std::vector<int64_t> stored_ends_ ABSL_GUARDED_BY(mutex_);
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);  // Of the last batch.
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_LOG_PRODUCER_H_
