#ifndef LIBS_COMPONENT_DEAD_LETTER_READER_H_
#define LIBS_COMPONENT_DEAD_LETTER_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/component/config_report.h"
#include "libs/event/event_batch.h"
#include "libs/event/json_tokens.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// A dead letter taken apart (see MakeDeadLetters): what happened, and the event
// that it happened to.
struct DeadLetter {
  std::string id;  // See dead_letter_id.h.
  std::string pipeline;
  std::string revision;
  std::string component;         // The step, route, sink or source that failed.
  SourcePosition position = {};  // Of it in the pipeline file.
  std::string error_code;        // As INVALID_ARGUMENT.
  std::string error_message;
  int64_t attempts = 1;
  absl::Time time = {};

  // The event without its payload, as a CloudEvent in JSON form, and the
  // payload as it came.
  std::string attributes;
  std::string payload;
  PayloadKind payload_kind = PayloadKind::kText;
};

// Reads dead letters. One for many, so that its memory is reused.
// Thread-compatible.
class DeadLetterReader {
 public:
  // The letter that row `row` is; INVALID_ARGUMENT when it is none. One that
  // can't be read (its event is nearly as deep as JSON may be, and the letter
  // deeper) is given whole, as if it were the event that failed: nothing of it
  // is lost.
  absl::StatusOr<DeadLetter> Read(const EventBatch& letters, uint32_t row);

 private:
  absl::Status ReadPayload(DeadLetter& letter);
  absl::Status ReadMember(std::string_view name, std::string_view value,
                          const JsonTokens& tokens, DeadLetter& letter);
  absl::Status ReadError(const JsonTokens& tokens, DeadLetter& letter);
  absl::Status ReadEvent(const JsonTokens& tokens, DeadLetter& letter);

  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
  std::string_view json_;
};

// The events that failed, a row a letter: attributes and payloads as they came.
// INVALID_ARGUMENT names the letter whose attributes are none. At most
// EventBatch::kMaxEvents letters; null for none.
absl::StatusOr<EventBatchPtr> MakeFailedEvents(
    absl::Span<const DeadLetter> letters, int64_t receive_time_nanos);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_DEAD_LETTER_READER_H_
