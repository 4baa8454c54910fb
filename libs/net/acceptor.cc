#include "libs/net/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace phoenix {
namespace {

// When the process has no descriptor left, accepting at once again would spin.
constexpr std::chrono::milliseconds kRestTime{50};

// A peer that has gone without a word is noticed after about two minutes: its
// connection counts against a bound.
constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 10;
constexpr int kKeepaliveProbes = 6;

void SetOption(int fd, int level, int option, int value) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

void Prepare(int fd) {
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
  SetOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveProbes);
  SetOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& context, ListenSocket listener,
                   OnConnection on_connection)
    : listener_(context, listener.fd.Release()),
      rest_(context),
      on_connection_(std::move(on_connection)) {}

void Acceptor::Close() {
  boost::system::error_code ignored;
  listener_.close(ignored);
  rest_.cancel();
}

void Acceptor::WaitForConnection() {
  listener_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this](boost::system::error_code error) {
                         if (!error) AcceptAll();
                       });
}

void Acceptor::AcceptAll() {
  while (listener_.is_open()) {
    OwnedFd fd(accept4(listener_.native_handle(), nullptr, nullptr,
                       SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return RestAfter(errno);
    }
    Prepare(fd.get());
    on_connection_(std::move(fd));
  }
}

void Acceptor::RestAfter(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return WaitForConnection();
  rest_.expires_after(kRestTime);
  rest_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) WaitForConnection();
  });
}

}  // namespace phoenix
