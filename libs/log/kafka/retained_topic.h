#ifndef LIBS_LOG_KAFKA_RETAINED_TOPIC_H_
#define LIBS_LOG_KAFKA_RETAINED_TOPIC_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/kafka/topic_snapshot.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/retained/retained_log.h"

namespace phoenix {

// What the topic of a log holds, delivered or not, as far as the topic's own
// retention has left it. Read in no group: no instance of the log notices.
// Offsets are those of the log (log_record.h), so that they have gaps.
class RetainedTopic : public RetainedLog {
 public:
  // Errors as of TopicSnapshot::Open, with what to change in the file.
  static absl::StatusOr<std::unique_ptr<RetainedTopic>> Open(
      const KafkaLogOptions& options);

  // The topic.
  const std::string& location() const override { return snapshot_->topic(); }
  std::string name() const override;
  int32_t partition_count() const override;
  Extent extent(int32_t partition) const override;

  // The first Next asks the brokers where a time begins. Records that no log
  // has written are unreadable stretches; at one of a newer version, or of
  // another pipeline, Next gives FAILED_PRECONDITION.
  std::unique_ptr<RetainedReader> Read(const LogRange& range) const override;

  // Reads as many of the last records as there may be events: every record has
  // one at least.
  absl::StatusOr<int64_t> FindLast(int32_t partition,
                                   int64_t events) const override;
  absl::StatusOr<std::unique_ptr<FileLock>> KeepRunsAway() const override {
    return nullptr;
  }
  std::string advice() const override;

  // How many instances have the log open just now.
  absl::StatusOr<int> CountInstances() const;

 private:
  RetainedTopic(std::unique_ptr<TopicSnapshot> snapshot,
                const KafkaLogOptions& options)
      : snapshot_(std::move(snapshot)),
        group_(options.group),
        pipeline_(options.pipeline) {}

  const std::unique_ptr<const TopicSnapshot> snapshot_;
  const std::string group_;
  const std::string pipeline_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_RETAINED_TOPIC_H_
