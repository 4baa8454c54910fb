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
  // Plain text is text that has no content type and is no JSON. CloudEvents has
  // it written as a JSON string, which its reader takes for JSON: the value is
  // the same, its bytes have quotes then.
  enum class PlainText {
    kAsString,
    kAsBytes,  // `data_base64`: comes back byte by byte.
  };

  explicit CloudEventsJsonEncoder(PlainText plain_text = PlainText::kAsString)
      : plain_text_(plain_text) {}

  // Appends row `row` to `out` as one structured-mode object, without a line
  // end and the extension `left_out`. Whatever the row holds, what is appended
  // is valid JSON provided that its attributes are UTF-8.
  void Append(const EventBatch& batch, uint32_t row, std::string& out,
              std::string_view left_out = {});

  // Whether the payload's very bytes can be got back from what was appended
  // last: not where they are JSON with white space around them, or with line
  // breaks.
  bool kept_bytes() const { return kept_bytes_; }

 private:
  void AppendPayload(const EventBatch& batch, uint32_t row, std::string& out);
  bool IsJson(const EventBatch& batch, std::string_view payload);

  const PlainText plain_text_;
  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
  std::string scratch_;
  bool kept_bytes_ = true;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_CLOUDEVENTS_JSON_ENCODER_H_
