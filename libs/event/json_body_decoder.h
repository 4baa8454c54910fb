#ifndef LIBS_EVENT_JSON_BODY_DECODER_H_
#define LIBS_EVENT_JSON_BODY_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"
#include "libs/event/json_tokens.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

struct JsonBodyOptions {
  EventDefaults defaults = {};
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;
};

// Makes a batch of a JSON body (application/json): of an array, each element is
// an event; any other value is one event. The payloads are ranges of the body,
// and the batch carries the JSON index that validating the body has made. One
// decoder for many bodies: ids run on. Thread-compatible.
class JsonBodyDecoder {
 public:
  explicit JsonBodyDecoder(JsonBodyOptions options);

  // An element that is too long is reported by its index and left out. An empty
  // array is no batch. INVALID_ARGUMENT when the body is no JSON text (says the
  // byte), has 4 GiB or more, or has more than EventBatch::kMaxEvents elements.
  absl::StatusOr<DecodedBatch> Decode(const SharedBytes& body,
                                      int64_t receive_time_nanos);

 private:
  absl::Status Index(const SharedBytes& body);
  void TakeElement(const SharedBytes& body, uint64_t position,
                   JsonTokens& tokens, std::vector<DecodeError>& errors);
  EventBatchPtr MakeBatch(const SharedBytes& body, int64_t receive_time_nanos);

  const JsonBodyOptions options_;
  uint64_t next_id_ = 0;

  JsonIndexer indexer_;
  JsonIndex body_index_;
  std::vector<JsonError> errors_;

  // Of the batch that is being made.
  std::vector<ByteRange> rows_;
  JsonIndex index_;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_JSON_BODY_DECODER_H_
