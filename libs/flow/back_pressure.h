#ifndef LIBS_FLOW_BACK_PRESSURE_H_
#define LIBS_FLOW_BACK_PRESSURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace phoenix::flow {

// RESOURCE_EXHAUSTED for one who must wait: the message names `limited_by` and
// says `why`; the status carries a google.rpc.RetryInfo and an ErrorInfo with
// reason QUEUE_FULL, which doors pass on as they are (HTTP: 429 with
// Retry-After).
absl::Status BackPressure(std::string_view limited_by, std::string_view why,
                          absl::Duration retry_delay);

// When to try again, if the status says so.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// Who holds the caller up; empty when the status does not say.
std::string LimitedBy(const absl::Status& status);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_BACK_PRESSURE_H_
