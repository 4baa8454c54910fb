#ifndef LIBS_EVENT_CLOUDEVENTS_JSON_DECODER_H_
#define LIBS_EVENT_CLOUDEVENTS_JSON_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"
#include "libs/event/json_tokens.h"
#include "libs/event/payload_classifier.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// Adds CloudEvents in JSON form to a batch. A `data` that is JSON becomes the
// payload as the very bytes that came, a part of the body if the batch was
// empty before; a `data` string of another content type becomes its text, and
// `data_base64` its bytes, which are JSON like any other when the content type
// says so. A null attribute or payload is absent.
//
// One decoder for many bodies, so that its memory is reused. Thread-compatible.
class CloudEventsJsonDecoder {
 public:
  // Members of one event's object at most: more than a batch has columns for.
  static constexpr size_t kMaxMembers = 256;

  // Adds the one event of a structured-mode body
  // (application/cloudevents+json). INVALID_ARGUMENT, naming the byte of the
  // body, when it is no JSON object or no valid event: an attribute is missing,
  // comes twice, or has a wrong type or name, `specversion` is not 1.0, the
  // content type says JSON and `data_base64` holds none, or the builder refuses
  // it. RESOURCE_EXHAUSTED as BatchBuilder::AddEvent.
  absl::Status DecodeEvent(const SharedBytes& body, BatchBuilder& builder);

  // The same, where a body that is no JSON object, which is the error, is told
  // from an event that can't be added: that is appended to `errors`, index 0.
  absl::Status DecodeEvent(const SharedBytes& body, BatchBuilder& builder,
                           std::vector<DecodeError>& errors);

  // Adds the events of a batched-mode body
  // (application/cloudevents-batch+json). An event that can't be added, for one
  // of the reasons above or because the builder is full, is appended to
  // `errors` with its index, and its neighbours are added all the same.
  // INVALID_ARGUMENT, and nothing is added, when the body is no JSON array or
  // has more than EventBatch::kMaxEvents elements.
  absl::Status DecodeBatch(const SharedBytes& body, BatchBuilder& builder,
                           std::vector<DecodeError>& errors);

  // What the events of the next bodies have as extensions, unless they have one
  // of that name themselves: what else is known of them, such as from headers.
  // Views that stay valid until this is set anew; names are valid ones.
  void SetDefaultExtensions(absl::Span<const ExtensionField> defaults) {
    default_extensions_ = defaults;
  }

 private:
  absl::Status Index(const SharedBytes& body);
  absl::Status AddNext(JsonTokens& tokens, BatchBuilder& builder);
  absl::Status Fill(JsonTokens& tokens);
  absl::Status FillMember(std::string_view name, std::string_view value);
  absl::Status FillVersion(std::string_view value);
  absl::Status FillAttribute(Attribute attribute, std::string_view value);
  absl::Status FillExtension(std::string_view name, std::string_view value);
  void FillDefaultExtensions();
  absl::Status FillPayload();
  absl::Status FillBytes();
  std::string_view Text(std::string_view literal);
  std::string& Scratch();

  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
  PayloadClassifier classifier_;
  std::string_view body_;
  absl::Span<const ExtensionField> default_extensions_;

  // Of the event that is being read.
  EventFields fields_;
  std::vector<std::string_view> names_;
  std::string_view version_;
  std::string_view data_;         // The JSON value; empty when absent.
  std::string_view data_base64_;  // The JSON string; empty when absent.
  // Texts that were escaped. A deque: views into its strings stay valid.
  std::deque<std::string> scratch_;
  size_t scratch_used_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_CLOUDEVENTS_JSON_DECODER_H_
