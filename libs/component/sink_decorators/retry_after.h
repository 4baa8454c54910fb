#ifndef LIBS_COMPONENT_SINK_DECORATORS_RETRY_AFTER_H_
#define LIBS_COMPONENT_SINK_DECORATORS_RETRY_AFTER_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace phoenix {

// Says in a status, as google.rpc.RetryInfo, when whoever refused wants to be
// tried again.
void SetRetryAfter(absl::Status& status, absl::Duration delay);

// What SetRetryAfter, or a gRPC peer, has said.
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_RETRY_AFTER_H_
