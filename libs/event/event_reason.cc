#include "libs/event/event_reason.h"

#include "libs/base/error_details.h"

namespace phoenix {

absl::Status EventTooLarge(absl::Status refusal) {
  SetErrorReason(refusal, {.reason = kEventTooLarge, .metadata = {}});
  return refusal;
}

const char* EventReason(const absl::Status& refusal) {
  const auto reason = GetErrorReason(refusal);
  const bool too_large = reason && reason->reason == kEventTooLarge;
  return too_large ? kEventTooLarge : kEventInvalid;
}

}  // namespace phoenix
