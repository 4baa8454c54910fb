#ifndef LIBS_FLOW_RPC_STATUS_H_
#define LIBS_FLOW_RPC_STATUS_H_

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"

namespace phoenix::flow {

// The status with its payloads as details.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The reverse. An unknown code becomes UNKNOWN.
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_RPC_STATUS_H_
