#include "libs/net/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"

namespace phoenix {
namespace {

// Connections that the system accepts on our behalf while the loop is busy.
constexpr int kListenBacklog = 1024;

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

absl::Status AddressError(const std::string& text) {
  return absl::InvalidArgumentError(
      absl::StrCat("address '", text,
                   "': expected HOST:PORT, such as "
                   "'127.0.0.1:9000' or '[::1]:9000'"));
}

absl::StatusOr<AddressList> Resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(),
                  &hints, &found);
  if (error != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "address '", address.ToString(), "': ", gai_strerror(error)));
  }
  return AddressList(found, &freeaddrinfo);
}

absl::StatusOr<uint16_t> BoundPort(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return absl::ErrnoToStatus(errno, "read the bound port");
  }
  return ntohs(bound.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port
                   : reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}

absl::Status ListenError(const ListenAddress& address, int error) {
  const char* fix =
      error == EADDRINUSE
          ? "stop who listens there, or change `address`"
          : "change `address` to one of this machine that you may use";
  return absl::FailedPreconditionError(
      absl::StrCat("listen on '", address.ToString(),
                   "': ", std::strerror(error), "; ", fix));
}

}  // namespace

std::string ListenAddress::ToString() const {
  return host.find(':') == std::string::npos
             ? absl::StrCat(host, ":", port)
             : absl::StrCat("[", host, "]:", port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return AddressError(std::string(text));
  std::string_view host = text.substr(0, colon);
  const bool bracketed =
      host.size() >= 2 && host[0] == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) {
    return AddressError(std::string(text));
  }
  uint32_t port = 0;
  if (host.empty() ||
      !absl::SimpleAtoi(std::string(text.substr(colon + 1)), &port) ||
      port > 65535) {
    return AddressError(std::string(text));
  }
  return ListenAddress{std::string(host), static_cast<uint16_t>(port)};
}

absl::StatusOr<ListenSocket> OpenListenSocket(std::string_view text) {
  PHOENIX_ASSIGN_OR_RETURN(ListenAddress address, ParseListenAddress(text));
  PHOENIX_ASSIGN_OR_RETURN(AddressList found, Resolve(address));
  ListenSocket listener;
  listener.fd.Reset(
      socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener.fd.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      listen(listener.fd.get(), kListenBacklog) != 0) {
    return ListenError(address, errno);
  }
  PHOENIX_ASSIGN_OR_RETURN(listener.port, BoundPort(listener.fd.get()));
  return listener;
}

}  // namespace phoenix
