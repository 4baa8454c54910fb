#ifndef LIBS_LOG_KAFKA_KAFKA_LOG_H_
#define LIBS_LOG_KAFKA_KAFKA_LOG_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/kafka/log_consumer.h"
#include "libs/log/kafka/log_producer.h"
#include "libs/log/kafka/log_topic.h"
#include "libs/log/log.h"

namespace phoenix {

// A log in a topic of Kafka, shared by the instances of a consumer group: all
// of them append to all partitions, each reads those that the group gives to
// it. log_record.h says what a record is, and what an offset means.
//
// Kafka keeps what was appended for as long as the topic is set up to
// (`retention.ms`, `retention.bytes`), final or not: FullPolicy says only what
// becomes of appends while too much waits for the brokers. While a partition of
// this instance stands still (LogConsumer) all appends fail as those that are
// not stored do. A cursor within a batch is kept in memory alone: after a
// restart the batch comes whole. Nothing is known of storage: those LogStats
// stay 0.
class KafkaLog : public Log {
 public:
  // See PrepareLogTopic for what it refuses; the error names the topic. `clock`
  // outlives the log.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(
      KafkaLogOptions options, Clock& clock = Clock::System());

  ~KafkaLog() override;

  // As the topic is set up when the log is opened; see LogTopic.
  Durability durability() const override { return topic_.durability; }
  FullPolicy full_policy() const override { return options_.full_policy; }
  int32_t partition_count() const override { return topic_.partitions; }
  bool shared() const override { return true; }

  absl::Status Subscribe(PartitionListener& listener) override;
  absl::Status Append(EventBatchPtr batch, uint64_t lane,
                      AppendCallback done) override;
  void WhenRoom(absl::AnyInvocable<void()> callback) override;
  absl::StatusOr<std::unique_ptr<LogReader>> Read(int32_t partition,
                                                  int64_t from_offset) override;
  absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(int32_t partition,
                                                      absl::Time from) override;
  absl::Status SetCursor(int32_t partition, int64_t offset) override;
  absl::StatusOr<int64_t> cursor(int32_t partition) const override;
  absl::Status SyncCursors() override;
  LogStats Stats() const override;
  std::string Refuses() const override;
  std::string WaitsFor() const override { return consumer_.WaitsFor(); }
  absl::Status Close() override;

 private:
  KafkaLog(KafkaLogOptions options, LogTopic topic, Clock& clock);

  absl::Status CheckPartition(int32_t partition) const;
  uint64_t UnreadBatches() const;

  const KafkaLogOptions options_;
  const LogTopic topic_;
  LogProducer producer_;
  LogConsumer consumer_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_KAFKA_LOG_H_
