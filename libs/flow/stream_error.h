#ifndef LIBS_FLOW_STREAM_ERROR_H_
#define LIBS_FLOW_STREAM_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace phoenix::flow {

// An error that ends a stream, with a google.rpc.ErrorInfo that carries
// `reason` (UPPER_SNAKE_CASE, one of pipeline_service.proto's) in our domain.
absl::Status StreamError(absl::StatusCode code, std::string_view reason,
                         std::string_view message);

// The other side sent what makes no sense: INVALID_ARGUMENT, FRAME_INVALID.
absl::Status InvalidFrame(std::string_view message);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_STREAM_ERROR_H_
