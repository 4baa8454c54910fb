#ifndef LIBS_SINKS_KAFKA_RECORD_ENCODER_H_
#define LIBS_SINKS_KAFKA_RECORD_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/event_batch.h"
#include "libs/event/string_column.h"
#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/event_field_reader.h"

namespace phoenix {

// One record of Kafka, of views: into the batch, or into the encoder, where
// they are valid until its next call.
struct KafkaRecord {
  struct Header {
    // Ends with a null byte that is not counted.
    std::string_view name;
    std::string_view value;
  };

  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // None: the event has no payload.
  // Whether the value is a part of the batch, and need not be copied as long
  // as that lives.
  bool value_in_batch = true;
  std::vector<Header> headers;
};

// How events become records, by the Kafka protocol binding of CloudEvents 1.0:
// binary mode, structured mode, or the payload alone. The trace context is in
// the headers `traceparent` and `tracestate` in all of them, where tracing
// looks for it. Reuses its memory. Thread-compatible.
class RecordEncoder {
 public:
  enum class Format { kBinary, kStructured, kPayload };

  struct Options {
    Format format = Format::kBinary;
    // Becomes the key; none: no keys. An extension of bytes becomes these, and
    // `partitionkey` is then in the key alone: readers take it from there, and
    // could not tell from a header or from JSON that the text stands for bytes.
    std::optional<EventField> key = {};
  };

  explicit RecordEncoder(Options options);

  // The record of a row; valid until the next call.
  const KafkaRecord& Encode(const EventBatch& batch, uint32_t row);

 private:
  void SetKey(const EventBatch& batch, uint32_t row);
  bool KeyIsBytes(const EventBatch& batch, uint32_t row) const;
  void SetStructuredValue(const EventBatch& batch, uint32_t row);
  void SetPayload(const EventBatch& batch, uint32_t row);
  void AddAttributes(const EventBatch& batch, uint32_t row);
  void AddTraceContext(const EventBatch& batch, uint32_t row);
  void AddHeader(std::string_view name, const StringColumn& column,
                 uint32_t row);
  std::string_view ExtensionHeaderName(const std::string& name);

  const Options options_;
  KafkaRecord record_;
  std::string key_text_;
  std::string key_bytes_;
  std::string_view only_in_key_;  // The extension that is not written besides.
  std::string value_text_;
  EventFieldReader reader_;
  CloudEventsJsonEncoder json_;
  // Texts that are made for the record, such as an id of a sequence.
  std::deque<std::string> scratch_;
  size_t scratch_used_ = 0;
  // `ce_` names of extensions seen; bounded by BatchLimits' extensions.
  std::deque<std::string> names_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_RECORD_ENCODER_H_
