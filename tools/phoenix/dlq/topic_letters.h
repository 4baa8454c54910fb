#ifndef TOOLS_PHOENIX_DLQ_TOPIC_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_TOPIC_LETTERS_H_

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_snapshot.h"
#include "libs/kafka/topic_writer.h"
#include "tools/phoenix/dlq/letter_fold.h"
#include "tools/phoenix/dlq/letter_store.h"
#include "tools/phoenix/dlq/topic_letter_reader.h"

namespace phoenix {

// The dead letters that a `kafka` sink has written to a topic, as the topic
// was when this was opened. A record is a failure; failures of one event are
// one letter (LetterFold). Kafka deletes no single records, so a letter is
// removed by a tombstone behind it, in its partition:
//
//   key     the letter's id
//   value   none
//   header  `phoenix-dead-letter-end`: when the letter that is done with had
//           failed last, in nanoseconds since 1970
//   header  `phoenix-pipeline`: whose it was
//
// so that all who read the topic agree about what is left, as long as the
// topic keeps the letter. Where the topic is compacted, with that id as key,
// it also gives the letter's room back; only the last failure of a letter is
// known then, its attempts and its component.
//
// A letter's number is that of its last failure: 10^12 times the partition,
// and its offset, from 1 on.
class TopicLetters : public LetterStore {
 public:
  static constexpr int64_t kNumbersPerPartition = 1'000'000'000'000;

  // The consumer group that has a replay as its only member: this, and the
  // topic.
  static constexpr char kReplayGroup[] = "phoenix-dlq-replay-";

  // Errors as of TopicSnapshot::Open.
  static absl::StatusOr<std::unique_ptr<LetterStore>> Open(
      const KafkaConnection& connection, const std::string& topic);

  // The first call reads all of the topic, to know which letters have ended:
  // RESOURCE_EXHAUSTED when those are more than LetterFold takes.
  absl::StatusOr<std::vector<StoredDeadLetter>> ReadPage(
      const std::string& pipeline, int64_t after) override;
  absl::StatusOr<std::optional<StoredDeadLetter>> Find(
      const std::string& pipeline, const std::string& name) override;

  // Returns when the brokers have the tombstones. Whether one has failed again
  // meanwhile is not known here: those stay.
  absl::StatusOr<uint64_t> Remove(
      absl::Span<const StoredDeadLetter> letters) override;

  // By a GroupLock, whatever the pipeline; errors are those of its Take.
  absl::StatusOr<std::unique_ptr<ReplayLock>> KeepReplaysAway() override;

 private:
  TopicLetters(const KafkaConnection& connection,
               std::unique_ptr<TopicSnapshot> snapshot)
      : connection_(connection),
        snapshot_(std::move(snapshot)),
        letter_reader_(snapshot_->topic()) {}

  int32_t partition_count() const {
    return static_cast<int32_t>(snapshot_->partitions().size());
  }
  absl::Status Fold(const std::string& pipeline);
  absl::Status FoldRecord(const rd_kafka_message_t& record);
  absl::Status MoveTo(int32_t partition, int64_t offset);
  std::optional<StoredDeadLetter> Decode(const rd_kafka_message_t& record);

  const KafkaConnection connection_;
  bool forgets_failures_ = false;  // But for the last: it is compacted.
  const std::unique_ptr<TopicSnapshot> snapshot_;
  std::unique_ptr<TopicWriter> writer_;  // Null: nothing was removed yet.

  std::string pipeline_;              // Whose letters are folded.
  std::unique_ptr<LetterFold> fold_;  // Null: not yet.

  // Where the last page ended.
  std::unique_ptr<SnapshotReader> reader_;
  int32_t reader_partition_ = 0;
  int64_t after_ = 0;

  TopicLetterReader letter_reader_;
  uint64_t foreign_records_ = 0;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_TOPIC_LETTERS_H_
