#include "libs/net/testing/tcp_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace phoenix {
namespace {

constexpr timeval kPatience{.tv_sec = 60, .tv_usec = 0};

}  // namespace

TcpClient::TcpClient(uint16_t port)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    setsockopt(fd_.get(), SOL_SOCKET, option, &kPatience, sizeof(kPatience));
  }
  if (connect(fd_.get(), reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    fd_.Reset();
  }
}

bool TcpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void TcpClient::HalfClose() { shutdown(fd_.get(), SHUT_WR); }

void TcpClient::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  fd_.Reset();
}

std::string TcpClient::ReadAll() {
  std::string all;
  char chunk[4096];
  for (;;) {
    const ssize_t got = recv(fd_.get(), chunk, sizeof(chunk), 0);
    ended_in_order_ = got == 0;
    if (got <= 0) return all;
    all.append(chunk, static_cast<size_t>(got));
  }
}

std::string TcpClient::ReadUntil(std::string_view end) {
  std::string text;
  char byte = 0;
  while (!text.ends_with(end) && recv(fd_.get(), &byte, 1, 0) == 1) {
    text.push_back(byte);
  }
  return text;
}

std::string TcpClient::Read(size_t size) {
  if (size == 0) return {};
  std::string bytes(size, '\0');
  const ssize_t got = recv(fd_.get(), bytes.data(), size, MSG_WAITALL);
  bytes.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return bytes;
}

}  // namespace phoenix
