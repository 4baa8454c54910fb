#include "libs/flow/grpc_bytes.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "grpcpp/support/slice.h"
#include "libs/flow/rpc_status.h"

namespace phoenix::flow {
namespace {

// A slice over the bytes, which it keeps alive.
grpc::Slice Lend(SharedBytes bytes) {
  auto owner = std::make_unique<SharedBytes>(std::move(bytes));
  void* const data = const_cast<char*>(owner->data());
  const size_t size = owner->size();
  return grpc::Slice(
      data, size,
      [](void* lent) {
        std::unique_ptr<SharedBytes>(static_cast<SharedBytes*>(lent));
      },
      owner.release());
}

}  // namespace

grpc::ByteBuffer ToByteBuffer(const EncodedRequest& request) {
  std::vector<grpc::Slice> slices;
  slices.reserve(1 + request.events.pieces().size());
  slices.emplace_back(request.head);
  for (const SharedBytes& piece : request.events.pieces()) {
    slices.push_back(Lend(piece));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer ToByteBuffer(const std::string& message) {
  const grpc::Slice slice(message);
  return grpc::ByteBuffer(&slice, 1);
}

SharedBytes ToSharedBytes(const grpc::ByteBuffer& buffer) {
  auto slice = std::make_shared<grpc::Slice>();
  if (!buffer.TrySingleSlice(slice.get()).ok() &&
      !buffer.DumpToSingleSlice(slice.get()).ok()) {
    return {};
  }
  const std::string_view view(reinterpret_cast<const char*>(slice->begin()),
                              slice->size());
  return SharedBytes(std::move(slice), view);
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(status.message()),
                      ToRpcStatus(status).SerializeAsString());
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      details.ParseFromString(status.error_details()) &&
      details.code() == status.error_code()) {
    return FromRpcStatus(details);
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

}  // namespace phoenix::flow
