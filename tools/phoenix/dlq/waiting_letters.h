#ifndef TOOLS_PHOENIX_DLQ_WAITING_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_WAITING_LETTERS_H_

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/component/dead_letter_count.h"
#include "libs/kafka/topic_snapshot.h"
#include "tools/phoenix/dlq/letter_topic.h"
#include "tools/phoenix/dlq/topic_letter_reader.h"

namespace phoenix {

// How many dead letters of a pipeline wait in a topic, whoever has written or
// removed them: as many as `phoenix dlq ls` shows. Reads the topic from its
// beginning once, and then what has come. Where retention has deleted the last
// failure of a letter, but not one before it in another partition, the letter
// is not counted here. Thread-compatible, but for Cancel.
class WaitingLetters {
 public:
  WaitingLetters(LetterTopic topic, std::string pipeline);

  // How many there are now. RESOURCE_EXHAUSTED, from then on each time: there
  // are more than DeadLetterCount takes. CANCELLED soon after Cancel. Other
  // errors are those of TopicSnapshot; the next call goes on where this one
  // ended. Blocks.
  absl::StatusOr<uint64_t> Count();

  // Ends a call that reads, and all that come. Thread-safe.
  void Cancel() { cancelled_ = true; }

 private:
  // How far a partition has been read.
  struct Progress {
    int64_t next = 0;  // Behind the last record.
    int64_t low = 0;   // What is before it was forgotten.
    int64_t end = 0;   // Where it ended then.
  };

  absl::Status CatchUpAll();
  absl::Status CheckRoom() const;
  absl::Status FindEnds();
  absl::Status CatchUp(int32_t partition);
  void Add(const rd_kafka_message_t& record);
  bool WasMadeAnew() const;

  const LetterTopic topic_;
  const std::string pipeline_;
  std::atomic<bool> cancelled_ = false;
  std::unique_ptr<TopicSnapshot> snapshot_;  // Null: not yet, or it failed.
  std::vector<Progress> progress_;           // By partition.
  DeadLetterCount count_;
  TopicLetterReader reader_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_WAITING_LETTERS_H_
