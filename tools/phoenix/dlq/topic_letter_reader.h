#ifndef TOOLS_PHOENIX_DLQ_TOPIC_LETTER_READER_H_
#define TOOLS_PHOENIX_DLQ_TOPIC_LETTER_READER_H_

#include <librdkafka/rdkafka.h>

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/sources/kafka/record_decoder.h"

namespace phoenix {

// A tombstone: what it says of a dead letter that somebody is done with.
struct LetterEnd {
  static constexpr char kTimeHeader[] = "phoenix-dead-letter-end";
  static constexpr char kPipelineHeader[] = "phoenix-pipeline";

  std::string id;
  std::string pipeline;
  absl::Time failed;  // When the letter that is done with had failed last.
};

// What the record of a topic says, if it is an end.
std::optional<LetterEnd> ReadLetterEnd(const rd_kafka_message_t& record);

// Reads the failures in a topic of dead letters: records as a `kafka` sink
// writes them, `binary` or `structured`. One for many, so that its memory is
// reused. Thread-compatible.
class TopicLetterReader {
 public:
  explicit TopicLetterReader(const std::string& topic);

  // None when the record is no failure.
  std::optional<DeadLetter> Read(const rd_kafka_message_t& record);

 private:
  RecordDecoder decoder_;
  DeadLetterReader reader_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_TOPIC_LETTER_READER_H_
