#include "libs/sources/grpc/factory.h"

#include <memory>
#include <string>
#include <utility>

#include "libs/net/listen_address.h"
#include "libs/sources/grpc/grpc_source.h"
#include "libs/sources/grpc/grpc_source.pb.h"
#include "libs/sources/proto_duration.h"

namespace phoenix {
namespace {

using Config = sources::grpc::v1::GrpcSource;

std::unique_ptr<Source> CreateGrpcSource(const Config& config,
                                         BuildContext& context) {
  const absl::Status address = ParseListenAddress(config.address()).status();
  if (!address.ok()) {
    context.report.Error("address", 0, std::string(address.message()));
    return nullptr;
  }
  GrpcSourceOptions options;
  options.address = config.address();
  options.door = context.name;
  options.max_message_bytes = static_cast<int>(config.max_message_bytes());
  options.max_buffered_bytes = config.max_buffered_bytes();
  options.max_event_bytes = config.max_event_bytes();
  options.stream_credit_bytes = config.stream_credit_bytes();
  options.stream_credit_events = config.stream_credit_events();
  options.ack_timeout = ToMillis(config.ack_timeout());
  return std::make_unique<GrpcSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterGrpcSource(SourceRegistry& registry) {
  registry.Register<Config>("grpc", CreateGrpcSource);
}

}  // namespace phoenix
