#ifndef LIBS_BASE_RPC_STATUS_H_
#define LIBS_BASE_RPC_STATUS_H_

#include "absl/status/status.h"

namespace google::rpc {
class Status;
}  // namespace google::rpc

namespace phoenix {

// The same error as the message that travels, details included; and back. What
// is not a code of gRPC becomes kUnknown; a message with code 0 is OK.
void ToRpcStatus(const absl::Status& status, google::rpc::Status& message);
absl::Status FromRpcStatus(const google::rpc::Status& message);

}  // namespace phoenix

#endif  // LIBS_BASE_RPC_STATUS_H_
