#ifndef LIBS_SERVER_GRPC_SERVER_H_
#define LIBS_SERVER_GRPC_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace grpc {
class Server;
class Service;
}  // namespace grpc

namespace phoenix {

// Where and within what bounds a gRPC server serves.
struct GrpcServerOptions {
  std::string address;  // `127.0.0.1:4317`; port 0: the system chooses.

  // The largest message that is taken.
  int max_message_bytes = 4 << 20;

  // What gRPC itself may hold of messages that come and go, in bytes: when it
  // has as much, it slows connections down and in the end cuts them. 0: no
  // bound. At least several messages.
  size_t max_transport_bytes = 0;

  // Streams that one connection may have open at once.
  int max_concurrent_streams = 100;
};

// A gRPC server as every process of ours has it: with server reflection, with
// `grpc.health.v1` for each service and for the whole, and with keepalive that
// finds dead peers. It serves on gRPC's threads; Start, Drain and Stop are
// called by one.
class GrpcServer {
 public:
  explicit GrpcServer(GrpcServerOptions options);
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Adds a service under its full name, such as
  // `phoenix.ingest.v1.IngestService`. Before Start; the service outlives the
  // server.
  void AddService(const std::string& full_name, grpc::Service& service);

  // Listens and serves. INVALID_ARGUMENT for a wrong address,
  // FAILED_PRECONDITION when it is in use or can't be bound.
  absl::Status Start();

  // The port that is bound; after Start.
  uint16_t port() const { return static_cast<uint16_t>(port_); }

  // Reports NOT_SERVING for everything, so that callers go elsewhere. Calls are
  // still taken: refusing them is up to the services.
  void Drain();

  // Cancels the calls that are still open and returns when all have ended.
  // Idempotent.
  void Stop();

 private:
  struct NamedService {
    std::string name;
    grpc::Service* service;
  };

  void SetServing(bool serving);

  const GrpcServerOptions options_;
  std::vector<NamedService> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace phoenix

#endif  // LIBS_SERVER_GRPC_SERVER_H_
