#ifndef LIBS_EVENT_CLOUDEVENTS_JSON_ENCODER_H_
#define LIBS_EVENT_CLOUDEVENTS_JSON_ENCODER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/event_batch.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// Writes events as CloudEvents in JSON form, each on one line. A payload that
// is JSON is written as it is (line breaks between its tokens become blanks),
// other text as a string, and bytes, or text that its content type belies, as
// `data_base64`. Thread-compatible.
class CloudEventsJsonEncoder {
 public:
  // Appends row `row` to `out` as one structured-mode object, without a line
  // end. Whatever the row holds, what is appended is valid JSON provided that
  // its attributes are UTF-8.
  void Append(const EventBatch& batch, uint32_t row, std::string& out);

  // Whether the payload's very bytes can be got back from what was appended
  // last: not where they are JSON with white space around them, or with line
  // breaks.
  bool kept_bytes() const { return kept_bytes_; }

 private:
  void AppendPayload(const EventBatch& batch, uint32_t row, std::string& out);
  bool IsJson(const EventBatch& batch, std::string_view payload);

  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
  std::string scratch_;
  bool kept_bytes_ = true;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_CLOUDEVENTS_JSON_ENCODER_H_
