#ifndef LIBS_NET_LISTEN_ADDRESS_H_
#define LIBS_NET_LISTEN_ADDRESS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/net/owned_fd.h"

namespace phoenix {

// Where a server listens, as it stands in a config: `127.0.0.1:9000`,
// `[::1]:9000`, `localhost:9000`. Port 0 lets the system choose.
struct ListenAddress {
  std::string host;  // Without the brackets.
  uint16_t port = 0;

  // As it is written in a config.
  std::string ToString() const;
};

// INVALID_ARGUMENT when `text` is not `HOST:PORT`. Resolves nothing.
absl::StatusOr<ListenAddress> ParseListenAddress(std::string_view text);

// A TCP socket that listens. Move-only.
struct ListenSocket {
  OwnedFd fd;         // Non-blocking, close-on-exec.
  uint16_t port = 0;  // The one that is bound, even where 0 was asked for.
};

// Binds and listens; resolves the host when it is a name, which may block. The
// error says what to change: INVALID_ARGUMENT for a wrong address,
// FAILED_PRECONDITION when the address is in use or can't be bound. `option`:
// what the user set the address by, for that error.
absl::StatusOr<ListenSocket> OpenListenSocket(
    std::string_view address, std::string_view option = "address");

}  // namespace phoenix

#endif  // LIBS_NET_LISTEN_ADDRESS_H_
