#include "libs/server/grpc_server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <utility>

#include "grpc/health/v1/health.pb.h"
#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/net/listen_address.h"

namespace phoenix {
namespace {

// A peer that died without a word is found in less than half a minute.
constexpr int kKeepaliveTimeMillis = 20'000;
constexpr int kKeepaliveTimeoutMillis = 5'000;

// What clients may ping at most, so that their own keepalive is no offence.
constexpr int kMinClientPingMillis = 10'000;

// Both plugins are process-wide settings that must come before any builder.
void EnablePlugins() {
  static const bool enabled = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    // The descriptor of the health service is linked in only if it is used.
    grpc::health::v1::HealthCheckRequest::descriptor();
    return true;
  }();
  static_cast<void>(enabled);
}

void Configure(const GrpcServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             options.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinClientPingMillis);
  if (options.max_transport_bytes > 0) {
    grpc::ResourceQuota quota;
    quota.Resize(options.max_transport_bytes);
    builder.SetResourceQuota(quota);
  }
  // Two servers on one port would each get a part of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

// gRPC does not say why a port can't be had: find out first.
absl::Status CheckAddress(const std::string& address) {
  return OpenListenSocket(address).status();
}

}  // namespace

GrpcServer::GrpcServer(GrpcServerOptions options)
    : options_(std::move(options)) {}

GrpcServer::~GrpcServer() { Stop(); }

void GrpcServer::AddService(const std::string& full_name,
                            grpc::Service& service) {
  services_.push_back({full_name, &service});
}

absl::Status GrpcServer::Start() {
  PHOENIX_RETURN_IF_ERROR(CheckAddress(options_.address));
  EnablePlugins();
  grpc::ServerBuilder builder;
  Configure(options_, builder);
  builder.AddListeningPort(options_.address, grpc::InsecureServerCredentials(),
                           &port_);
  for (const NamedService& service : services_) {
    builder.RegisterService(service.service);
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    server_ = nullptr;
    return absl::FailedPreconditionError("listen on '" + options_.address +
                                         "': not possible; change `address`");
  }
  SetServing(true);
  return absl::OkStatus();
}

void GrpcServer::Drain() {
  if (server_ != nullptr) SetServing(false);
}

void GrpcServer::Stop() {
  if (server_ == nullptr) return;
  SetServing(false);
  server_->Shutdown(absl::ToChronoTime(Clock::System().Now()));
  server_->Wait();
  server_ = nullptr;
}

void GrpcServer::SetServing(bool serving) {
  auto* health = server_->GetHealthCheckService();
  health->SetServingStatus(serving);
  for (const NamedService& service : services_) {
    health->SetServingStatus(service.name, serving);
  }
}

}  // namespace phoenix
