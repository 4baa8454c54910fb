#include "libs/http/server.h"

#include <sys/socket.h>

#include <atomic>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/http/connection.h"
#include "libs/net/acceptor.h"
#include "libs/net/event_loop.h"
#include "libs/net/listen_address.h"

namespace phoenix::http {
namespace {

constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\nConnection: close\r\n\r\n";

// Unique in the process, so that the lanes of two servers differ.
std::atomic<uint64_t> next_connection_id = 0;

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler& handler)
      : options_(std::move(options)), handler_(handler) {}

  absl::Status Start() {
    PHOENIX_ASSIGN_OR_RETURN(
        ListenSocket listener,
        OpenListenSocket(options_.address, options_.address_option));
    port_ = listener.port;
    acceptor_ =
        std::make_unique<Acceptor>(*loop_.context(), std::move(listener),
                                   [this](OwnedFd fd) { Take(std::move(fd)); });
    acceptor_->Start();
    loop_.Start();
    return absl::OkStatus();
  }

  void StopAccepting() {
    if (acceptor_ == nullptr) return;  // Not started, or stopped.
    loop_.RunAndWait([this] {
      acceptor_->Close();
      // Closing takes a connection out of the map.
      const auto connections = connections_;
      for (const auto& [id, connection] : connections) connection->Drain();
    });
  }

  void Stop() {
    loop_.Stop();
    for (const auto& [id, connection] : connections_) connection->Cut();
    connections_.clear();
    connection_count_ = 0;
    acceptor_.reset();
  }

  uint16_t port() const { return port_; }
  size_t connection_count() const { return connection_count_; }

 private:
  void Take(OwnedFd fd) {
    if (connections_.size() >= options_.max_connections) {
      handler_.OnRefused("CONNECTION_LIMIT");
      send(fd.get(), kTooManyConnections.data(), kTooManyConnections.size(),
           MSG_NOSIGNAL | MSG_DONTWAIT);
      shutdown(fd.get(), SHUT_WR);
      return;
    }
    const uint64_t id = next_connection_id++;
    auto connection = std::make_shared<Connection>(
        loop_.context(), std::move(fd), id, options_, handler_,
        [this](Connection& closed) { Forget(closed.id()); });
    connections_.emplace(id, connection);
    connection_count_ = connections_.size();
    connection->Start();
  }

  void Forget(uint64_t id) {
    connections_.erase(id);
    connection_count_ = connections_.size();
  }

  const ServerOptions options_;
  Handler& handler_;
  uint16_t port_ = 0;
  EventLoop loop_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unordered_map<uint64_t, std::shared_ptr<Connection>> connections_;
  std::atomic<size_t> connection_count_ = 0;
};

Server::Server(ServerOptions options, Handler& handler)
    : impl_(std::make_unique<Impl>(std::move(options), handler)) {}

Server::~Server() { Stop(); }

absl::Status Server::Start() { return impl_->Start(); }

uint16_t Server::port() const { return impl_->port(); }

void Server::StopAccepting() { impl_->StopAccepting(); }

void Server::Stop() { impl_->Stop(); }

size_t Server::connection_count() const { return impl_->connection_count(); }

}  // namespace phoenix::http
