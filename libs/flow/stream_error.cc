#include "libs/flow/stream_error.h"

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace phoenix::flow {

absl::Status StreamError(absl::StatusCode code, std::string_view reason,
                         std::string_view message) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain("phoenix.flow.v1");
  absl::Status status(code, std::string(message));
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo",
                    absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status InvalidFrame(std::string_view message) {
  return StreamError(absl::StatusCode::kInvalidArgument, "FRAME_INVALID",
                     message);
}

}  // namespace phoenix::flow
