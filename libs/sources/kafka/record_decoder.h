#ifndef LIBS_SOURCES_KAFKA_RECORD_DECODER_H_
#define LIBS_SOURCES_KAFKA_RECORD_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/component/source.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/event_batch.h"
#include "libs/json/json_indexer.h"
#include "libs/sources/kafka/plain_rows.h"
#include "libs/sources/unreadable_rows.h"

namespace phoenix {

// One record as it was received; views that need to be valid only during the
// call.
struct ReceivedRecord {
  using Header = std::pair<std::string_view, std::string_view>;

  int64_t offset = 0;
  std::optional<std::string_view> key = {};
  std::optional<std::string_view> value = {};  // None: a tombstone.
  absl::Span<const Header> headers = {};
};

struct RecordDecoderOptions {
  std::string topic;
  int32_t partition = 0;
  // Of plain records; their content type among them. `id_prefix` is not used.
  EventDefaults defaults;
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;
};

// What became of some records: batches in order, and what is no event. For each
// of them, the offsets of its rows' records; those of what is no event in no
// order.
struct DecodedRecords {
  std::vector<EventBatchPtr> batches;
  std::vector<std::vector<int64_t>> batch_offsets;
  std::vector<UnreadableInput> unreadable;
  std::vector<std::vector<int64_t>> unreadable_offsets;
};

// Makes events of the records of one partition, as the Kafka protocol binding
// of CloudEvents 1.0 has it:
//   a header `ce_specversion`: binary mode; attributes are in `ce_` headers,
//   a `content-type` of application/cloudevents: structured mode,
//   neither: a plain record; its id is `TOPIC/PARTITION/OFFSET`.
// The record's key is the extension `partitionkey`: a string, or where it is no
// UTF-8, bytes (AttributeType::kBinary). The headers `traceparent` and
// `tracestate` are the trace context. What the event has of these itself stands
// before them. A record without value is an event without payload.
//
// Payloads are copied once, to the batch. Thread-compatible.
class RecordDecoder {
 public:
  explicit RecordDecoder(RecordDecoderOptions options);

  // A batch has as many rows at most, from now on; at least one.
  void LimitBatches(size_t rows) { max_rows_ = rows; }

  // Offsets must ascend.
  void Add(const ReceivedRecord& record, int64_t now_nanos);

  // Everything since the last call.
  DecodedRecords Take(int64_t now_nanos);

 private:
  absl::Status AddBinary(const ReceivedRecord& record, int64_t now_nanos);
  absl::Status AddStructured(const ReceivedRecord& record, int64_t now_nanos);
  absl::Status AddPlain(const ReceivedRecord& record,
                        std::string_view content_type, int64_t now_nanos);
  absl::Status ReadHeaders(const ReceivedRecord& record);
  absl::Status SetNamed(std::string_view name, std::string_view value);
  void ReadKey(const ReceivedRecord& record);
  void ReadKeyAndTrace(const ReceivedRecord& record);
  void AddKeyAndTrace(const ReceivedRecord& record);
  bool HasExtension(std::string_view name) const;
  absl::Status SetPayload(const ReceivedRecord& record,
                          std::string_view content_type);
  absl::Status CheckJson(std::string_view payload);
  absl::Status AddFields(const ReceivedRecord& record, int64_t now_nanos);
  void CountEvent(const ReceivedRecord& record, int64_t now_nanos);
  void CloseRows(int64_t now_nanos);
  void CloseEvents(int64_t now_nanos);
  void Refuse(const ReceivedRecord& record, std::string_view bytes,
              const absl::Status& why, int64_t now_nanos);
  std::string Place(int64_t offset) const;
  void TakeUnreadable(int64_t now_nanos, DecodedRecords& decoded);

  const RecordDecoderOptions options_;
  const std::string id_prefix_;
  const bool plain_is_json_;
  PlainRows rows_;        // Plain JSON, the common case.
  BatchBuilder builder_;  // Everything else.
  CloudEventsJsonDecoder structured_;
  UnreadableRows unreadable_;
  size_t max_rows_ = EventBatch::kMaxEvents;
  std::vector<int64_t> event_offsets_;       // Of the builder's rows.
  std::vector<int64_t> unreadable_offsets_;  // Of all unreadable rows.
  DecodedRecords decoded_;

  // Of one record or batch; kept for their memory.
  EventFields fields_;
  bool has_version_ = false;
  std::string id_;
  ExtensionField key_;      // Empty: none.
  std::string key_base64_;  // Of one that is no text.
  std::vector<ExtensionField> key_and_trace_;
  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_RECORD_DECODER_H_
