#include "libs/net/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
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
                   "': expected HOST:PORT with a port up to 65535, such as "
                   "'127.0.0.1:9000' or '[::1]:9000'"));
}

bool IsIpv6(const std::string& host) {
  in6_addr parsed;
  return inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

// A name, or four numbers: what is all digits and dots is no name.
bool IsNameOrIpv4(const std::string& host) {
  constexpr char kDigits[] = "0123456789.";
  if (host.find_first_not_of(kDigits) == std::string::npos) {
    in_addr parsed;
    return inet_pton(AF_INET, host.c_str(), &parsed) == 1;
  }
  return std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
           c == '.' || c == '_';
  });
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

absl::Status ListenError(const ListenAddress& address, int error,
                         std::string_view option) {
  const std::string change = absl::StrCat("change `", std::string(option), "`");
  const std::string fix =
      error == EADDRINUSE
          ? absl::StrCat("stop who listens there, or ", change)
          : absl::StrCat(change, " to one of this machine that you may use");
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
  const std::string name(host);
  if (bracketed ? !IsIpv6(name) : !IsNameOrIpv4(name)) {
    return AddressError(std::string(text));
  }
  const std::string digits(text.substr(colon + 1));
  uint32_t port = 0;
  if (host.empty() || digits.find_first_not_of("0123456789") != digits.npos ||
      !absl::SimpleAtoi(digits, &port) || port > 65535) {
    return AddressError(std::string(text));
  }
  return ListenAddress{name, static_cast<uint16_t>(port)};
}

absl::StatusOr<ListenSocket> OpenListenSocket(std::string_view text,
                                              std::string_view option) {
  PHOENIX_ASSIGN_OR_RETURN(ListenAddress address, ParseListenAddress(text));
  PHOENIX_ASSIGN_OR_RETURN(AddressList found, Resolve(address));
  ListenSocket listener;
  listener.fd.Reset(
      socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener.fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener.fd.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      listen(listener.fd.get(), kListenBacklog) != 0) {
    return ListenError(address, errno, option);
  }
  PHOENIX_ASSIGN_OR_RETURN(listener.port, BoundPort(listener.fd.get()));
  return listener;
}

}  // namespace phoenix
