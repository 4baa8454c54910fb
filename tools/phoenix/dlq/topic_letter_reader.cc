#include "tools/phoenix/dlq/topic_letter_reader.h"

#include <limits>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/text.h"
#include "libs/kafka/record_view.h"

namespace phoenix {

std::optional<LetterEnd> ReadLetterEnd(const rd_kafka_message_t& record) {
  int64_t nanos = 0;
  const std::string_view text = RecordHeader(record, LetterEnd::kTimeHeader);
  if (!absl::SimpleAtoi(ToAbsl(text), &nanos)) return std::nullopt;
  return LetterEnd{
      .id = std::string(RecordKey(record)),
      .pipeline = std::string(RecordHeader(record, LetterEnd::kPipelineHeader)),
      .failed = absl::FromUnixNanos(nanos)};
}

TopicLetterReader::TopicLetterReader(const std::string& topic)
    : decoder_({.topic = topic,
                .partition = 0,
                .defaults = {.source = "/", .type = "none"},
                // What a topic takes is bounded enough.
                .max_event_bytes = std::numeric_limits<size_t>::max()}) {}

std::optional<DeadLetter> TopicLetterReader::Read(
    const rd_kafka_message_t& record) {
  if (record.payload == nullptr) return std::nullopt;
  const auto headers = RecordHeaders(record);
  decoder_.Add({.offset = record.offset,
                .value = RecordValue(record),
                .headers = headers},
               0);
  const DecodedRecords decoded = decoder_.Take(0);
  if (decoded.batches.empty()) return std::nullopt;
  auto letter = reader_.Read(*decoded.batches[0], 0);
  if (!letter.ok()) return std::nullopt;
  return *std::move(letter);
}

}  // namespace phoenix
