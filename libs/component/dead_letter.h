#ifndef LIBS_COMPONENT_DEAD_LETTER_H_
#define LIBS_COMPONENT_DEAD_LETTER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/component/config_report.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// The CloudEvents type of a dead letter.
inline constexpr std::string_view kDeadLetterType = "phoenix.dead_letter";

// An event that failed, and how.
struct DeadLetterRow {
  uint32_t row = 0;
  std::string component = {};    // The step, route or sink that failed.
  SourcePosition position = {};  // Of it in the pipeline file; {0, 0}: unknown.
  absl::Status status = {};      // Why.
  int attempts = 1;              // How often it was tried.
};

// Where and when events failed.
struct DeadLetterOrigin {
  std::string pipeline = {};
  std::string revision = {};
  absl::Time time = {};
};

// A batch with one event for each of `rows`, in order: null when there are
// none, at most EventBatch::kMaxEvents. `input` is the batch as it came in at a
// door. A dead letter has
//   source   /phoenix/<pipeline>
//   id       that of dead_letter_id.h: the same when that event is sent again
//            and fails again
//   subject  the component that failed
//   and the event's `traceparent` and `tracestate`;
// its payload is JSON:
//
//   {"error": {"code": "INVALID_ARGUMENT", "message": "no such field 'x'"},
//    "component": "plausible", "line": 12, "column": 5, "attempts": 1,
//    "pipeline": "telemetry", "revision": "7",
//    "time": "2026-01-31T12:00:00.25Z",
//    "event": {"specversion": "1.0", ..., "data": ...}}
//
// where `event` is the event that failed, as a CloudEvent in JSON form: bytes
// that are not the JSON, or not the text, that its content type claims, and
// text that is no JSON and has no content type, are its `data_base64`, so that
// it can be sent again byte by byte. JSON with line breaks, or with white space
// around it, stands there without them: then a last member `payload_base64` has
// the payload's very bytes.
EventBatchPtr MakeDeadLetters(const EventBatch& input,
                              absl::Span<const DeadLetterRow> rows,
                              const DeadLetterOrigin& origin);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_DEAD_LETTER_H_
