#ifndef LIBS_EVENT_CLOUDEVENTS_PROTO_H_
#define LIBS_EVENT_CLOUDEVENTS_PROTO_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/status/status.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/event/payload_classifier.h"

namespace io::cloudevents::v1 {
class CloudEvent;
}  // namespace io::cloudevents::v1

namespace phoenix {

// Adds CloudEvents in protobuf form to a batch. One decoder for many events, so
// that its memory is reused. Thread-compatible.
class CloudEventsProtoDecoder {
 public:
  // Adds the event. INVALID_ARGUMENT when the event is not valid: a required
  // attribute is missing, the version is not 1.0, a value is missing or has the
  // wrong type, `time` is no time, the content type says JSON and `binary_data`
  // or `text_data` is none, or the builder refuses it.
  // RESOURCE_EXHAUSTED as BatchBuilder::AddEvent.
  absl::Status Add(const io::cloudevents::v1::CloudEvent& event,
                   BatchBuilder& builder);

 private:
  absl::Status Fill(const io::cloudevents::v1::CloudEvent& event);
  absl::Status FillPayload(const io::cloudevents::v1::CloudEvent& event);
  absl::Status FillData(const std::string& data, PayloadKind came_as);
  std::string& Scratch();

  PayloadClassifier classifier_;
  EventFields fields_;
  // Texts made of typed values; a view into one stays valid, as they are only
  // added to at the end.
  std::deque<std::string> scratch_;
  size_t scratch_used_ = 0;
};

// Writes row `row` as a CloudEvent to `event`, which must be empty. Payloads
// come back in the form in which they came (binary, text, proto, none), but
// JSON always as text, and text that is neither JSON nor has a content type as
// bytes;
// `time` as a Timestamp in UTC if its text is RFC 3339; extensions with their
// types. An extension value that does not fit its type is written as a string.
void ToCloudEvent(const EventBatch& batch, uint32_t row,
                  io::cloudevents::v1::CloudEvent& event);

}  // namespace phoenix

#endif  // LIBS_EVENT_CLOUDEVENTS_PROTO_H_
