#ifndef LIBS_FLOW_GRPC_BYTES_H_
#define LIBS_FLOW_GRPC_BYTES_H_

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "libs/base/shared_bytes.h"
#include "libs/flow/frame_codec.h"

namespace phoenix::flow {

// A message of which the events are lent to gRPC, not copied.
grpc::ByteBuffer ToByteBuffer(const EncodedRequest& request);
grpc::ByteBuffer ToByteBuffer(const std::string& message);

// The bytes of a received message, contiguous: where they lie if they are so
// already, else copied once.
SharedBytes ToSharedBytes(const grpc::ByteBuffer& buffer);

// Details and all.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_GRPC_BYTES_H_
