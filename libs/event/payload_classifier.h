#ifndef LIBS_EVENT_PAYLOAD_CLASSIFIER_H_
#define LIBS_EVENT_PAYLOAD_CLASSIFIER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/event/event_batch.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// Says what a payload is that came as plain bytes or as text beside a content
// type. This is where a payload that claims to be JSON is checked, whichever
// form it came in: behind the door nobody has to look again.
//
// One for many payloads, so that its memory is reused. Thread-compatible.
class PayloadClassifier {
 public:
  // The kind of `payload`. `content_type` is as it was written, empty when it
  // was not; `came_as` is kText or kBinary, by the form that carried it.
  //   - A content type that says JSON: kText when the payload is JSON, kNone
  //     when it is empty; else INVALID_ARGUMENT, with the place.
  //   - No content type: what came as text is kText when it is JSON (which is
  //     what no content type means) or empty, else kPlainText, so that it is
  //     not taken for JSON later.
  //   - Else `came_as`.
  absl::StatusOr<PayloadKind> Classify(std::string_view payload,
                                       std::string_view content_type,
                                       PayloadKind came_as);

 private:
  bool IsJson(std::string_view payload);

  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;  // Of the last payload.
};

}  // namespace phoenix

#endif  // LIBS_EVENT_PAYLOAD_CLASSIFIER_H_
