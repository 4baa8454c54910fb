#include "libs/sources/tcp/tcp_source.h"

#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <future>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/event/event_reason.h"
#include "libs/net/acceptor.h"
#include "libs/net/event_loop.h"
#include "libs/net/listen_address.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/tcp/line_session.h"
#include "libs/sources/tcp/reply_buffer.h"
#include "libs/sources/tcp/tcp_connection.h"

namespace phoenix {
namespace {

constexpr std::string_view kTooManyConnections =
    "{\"error\":\"too many connections: raise max_connections, or use fewer\"}"
    "\n";

}  // namespace

class TcpSource::Impl {
 public:
  Impl(TcpSourceOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        allowance_(std::max(options_.max_buffered_bytes,
                            LineSession::kCopies * LineBufferBytes())) {}

  absl::Status Start(Outlet& outlet) {
    PHOENIX_ASSIGN_OR_RETURN(ListenSocket listener,
                             OpenListenSocket(options_.address));
    outlet_ = &outlet;
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
      for (const auto& [lane, connection] : connections) {
        connection->StopReading();
      }
    });
  }

  void Stop() {
    if (acceptor_ != nullptr) WaitForLastReplies();
    loop_.Stop();
    for (const auto& [lane, connection] : connections_) connection->Cut();
    connections_.clear();
    acceptor_.reset();
  }

  uint16_t port() const { return port_; }

  size_t max_memory_bytes() const {
    const size_t connection =
        LineSession::kCopies * LineSession::kLeastBufferBytes +
        2 * ReplyBuffer::kMaxBytes;
    return allowance_.max_bytes() + LineBufferBytes() +
           options_.max_connections * connection;
  }

  size_t buffered_bytes() const { return allowance_.used_bytes(); }

  size_t max_batch_bytes() const {
    return std::max(kUsualBatchBytes, 2 * LineBufferBytes());
  }

 private:
  size_t LineBufferBytes() const {
    return std::max(options_.decode.buffer_bytes,
                    2 * options_.decode.max_event_bytes);
  }

  // A reset would destroy what peers have been told and not read yet. The
  // connections bound the time themselves.
  void WaitForLastReplies() {
    std::promise<void> quiet;
    loop_.RunAndWait([&] {
      acceptor_->Close();
      std::erase_if(connections_, [](const auto& entry) {
        if (entry.second->discarding()) return false;
        entry.second->Cut();
        return true;
      });
      on_quiet_ = [&quiet] { quiet.set_value(); };
      TellIfQuiet();
    });
    quiet.get_future().wait();
  }

  void TellIfQuiet() {
    if (connections_.empty() && on_quiet_) std::exchange(on_quiet_, {})();
  }

  void Forget(uint64_t lane) {
    connections_.erase(lane);
    TellIfQuiet();
  }

  void Take(OwnedFd fd) {
    if (connections_.size() >= options_.max_connections) {
      outlet_->CountRejected(1, "CONNECTION_LIMIT");
      send(fd.get(), kTooManyConnections.data(), kTooManyConnections.size(),
           MSG_NOSIGNAL | MSG_DONTWAIT);
      return;
    }
    const uint64_t lane = next_lane_++;
    auto connection = TcpConnection::Create(
        loop_.context(), std::move(fd), ConnectionOptions(lane), allowance_,
        *outlet_, clock_, [this](TcpConnection& c) { Forget(c.lane()); });
    connections_.emplace(lane, connection);
    connection->Start();
  }

  TcpConnection::Options ConnectionOptions(uint64_t lane) const {
    TcpConnection::Options options{options_.decode, lane, options_.linger,
                                   options_.idle_timeout};
    absl::StrAppend(&options.decode.defaults.id_prefix, lane, "-");
    return options;
  }

  const TcpSourceOptions options_;
  Clock& clock_;
  ByteAllowance allowance_;
  Outlet* outlet_ = nullptr;
  uint16_t port_ = 0;
  uint64_t next_lane_ = 0;
  EventLoop loop_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unordered_map<uint64_t, std::shared_ptr<TcpConnection>> connections_;
  std::function<void()> on_quiet_;  // While Stop waits for the last of them.
};

TcpSource::TcpSource(TcpSourceOptions options, Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}

TcpSource::~TcpSource() { Stop(); }

absl::Status TcpSource::Start(Outlet& outlet) { return impl_->Start(outlet); }

void TcpSource::StopAccepting() { impl_->StopAccepting(); }

void TcpSource::Stop() { impl_->Stop(); }

size_t TcpSource::max_memory_bytes() const { return impl_->max_memory_bytes(); }

size_t TcpSource::buffered_bytes() const { return impl_->buffered_bytes(); }

size_t TcpSource::max_batch_bytes() const { return impl_->max_batch_bytes(); }

uint16_t TcpSource::port() const { return impl_->port(); }

std::vector<const char*> TcpSource::refusal_reasons() const {
  return {kEventInvalid, kEventTooLarge, "CONNECTION_LIMIT"};
}

}  // namespace phoenix
