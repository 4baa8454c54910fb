#ifndef LIBS_NET_TESTING_TCP_CLIENT_H_
#define LIBS_NET_TESTING_TCP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/net/owned_fd.h"

namespace phoenix {

// A blocking TCP client on the loopback for tests. Waits at most a minute for
// anything, then reports the end of the stream. Thread-compatible.
class TcpClient {
 public:
  // Connects to 127.0.0.1; connected() says whether that worked.
  explicit TcpClient(uint16_t port);

  bool connected() const { return fd_.valid(); }

  // Sends everything; false when the peer has gone.
  bool Send(std::string_view bytes);

  // Says that nothing follows.
  void HalfClose();

  // Goes away without a word: the peer sees a reset.
  void Reset();

  // Everything until the peer closes.
  std::string ReadAll();

  // Whether the last ReadAll came to an orderly end, not to a reset.
  bool ended_in_order() const { return ended_in_order_; }

  // Up to and including the first `end`; less when the peer closes first.
  std::string ReadUntil(std::string_view end);

  // Exactly `size` bytes; less when the peer closes first.
  std::string Read(size_t size);

 private:
  OwnedFd fd_;
  bool ended_in_order_ = false;
};

}  // namespace phoenix

#endif  // LIBS_NET_TESTING_TCP_CLIENT_H_
