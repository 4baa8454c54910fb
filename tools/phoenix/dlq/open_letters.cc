#include "tools/phoenix/dlq/open_letters.h"

#include <string>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/kafka/record_encoder.h"
#include "libs/sinks/kafka/transactional_sink.h"
#include "tools/phoenix/dlq/table_letters.h"
#include "tools/phoenix/dlq/topic_letters.h"

namespace phoenix {
namespace {

// The options of a sink of the kind `kafka`; null for others.
const KafkaSink::Options* KafkaOptions(const Sink& sink) {
  if (const auto* plain = dynamic_cast<const KafkaSink*>(&sink)) {
    return &plain->options();
  }
  const auto* const exact = dynamic_cast<const TransactionalKafkaSink*>(&sink);
  return exact == nullptr ? nullptr : &exact->options().sink;
}

// Whether records have all of a dead letter.
bool HasLetters(const KafkaSink::Options& options) {
  return options.encoder.format != RecordEncoder::Format::kPayload;
}

absl::StatusOr<LetterOpener> FindInTopic(const KafkaSink::Options& options,
                                         const std::string& sink) {
  if (!HasLetters(options)) {
    return absl::FailedPreconditionError(
        Cat("dead letters in sink '", sink,
            "' have 'format: payload', which leaves out what they are: "
            "expected 'binary', which is the default, or 'structured'"));
  }
  // One that is yet to be made has no letters.
  const bool may_be_missing = options.producer.create_topic.has_value();
  return [connection = options.producer.connection,
          topic = options.producer.topic, may_be_missing](
             LetterAccess) -> absl::StatusOr<std::unique_ptr<LetterStore>> {
    auto letters = TopicLetters::Open(connection, topic);
    if (may_be_missing && absl::IsNotFound(letters.status())) return nullptr;
    return letters;
  };
}

}  // namespace

absl::StatusOr<LetterOpener> FindLetters(const CompiledPipeline& pipeline) {
  const CompiledSink& sink = pipeline.sinks[pipeline.dead_letter];
  const auto* const table =
      dynamic_cast<const DeadLetterTableSink*>(sink.sink.get());
  if (table != nullptr) {
    return [path = table->options().path](LetterAccess access) {
      return TableLetters::Open(path, access);
    };
  }
  const KafkaSink::Options* const kafka = KafkaOptions(*sink.sink);
  if (kafka != nullptr) return FindInTopic(*kafka, sink.name);
  return absl::FailedPreconditionError(Cat(
      "dead letters of '", pipeline.file, "' go to sink '", sink.name,
      "' of kind '", sink.kind, "', which can't be searched: expected '",
      kDefaultDeadLetterKind,
      "', which is the default, or 'kafka'; read the sink's destination by "
      "its own means, each dead letter is a line or record of JSON with its "
      "event under `event`"));
}

absl::StatusOr<std::unique_ptr<LetterStore>> OpenLettersOf(
    const CompiledPipeline& pipeline, LetterAccess access) {
  PHOENIX_ASSIGN_OR_RETURN(const LetterOpener open, FindLetters(pipeline));
  return open(access);
}

std::optional<LetterTopic> FindLetterTopic(const CompiledPipeline& pipeline) {
  const KafkaSink::Options* const kafka =
      KafkaOptions(*pipeline.sinks[pipeline.dead_letter].sink);
  if (kafka == nullptr || !HasLetters(*kafka)) return std::nullopt;
  return LetterTopic{kafka->producer.connection, kafka->producer.topic};
}

}  // namespace phoenix
