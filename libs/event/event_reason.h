#ifndef LIBS_EVENT_EVENT_REASON_H_
#define LIBS_EVENT_EVENT_REASON_H_

#include "absl/status/status.h"

namespace phoenix {

// Why an event can never be taken as it is, as doors say and count it.
inline constexpr char kEventInvalid[] = "EVENT_INVALID";
inline constexpr char kEventTooLarge[] = "EVENT_TOO_LARGE";  // max_event_bytes.

// `refusal`, which is not OK, marked as one of an event that is too large: its
// ErrorReason is kEventTooLarge from then on.
absl::Status EventTooLarge(absl::Status refusal);

// The reason of an event for which a decoder or a builder returned `refusal`:
// kEventTooLarge when it is marked so, kEventInvalid for any other. Lives for
// ever. Context put before the text by WithContext keeps the mark.
const char* EventReason(const absl::Status& refusal);

}  // namespace phoenix

#endif  // LIBS_EVENT_EVENT_REASON_H_
