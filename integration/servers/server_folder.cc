#include "integration/servers/server_folder.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/status/status.h"

namespace phoenix {

ServerFolder::ServerFolder() {
  std::string path = "/tmp/phoenix-server-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) std::abort();
  chmod(path.c_str(), 0777);
  path_ = path;
}

ServerFolder::~ServerFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

absl::StatusOr<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool found = fd >= 0 && bind(fd, generic, size) == 0 &&
                     getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  if (!found) return absl::UnavailableError("no port is free");
  return ntohs(address.sin_port);
}

}  // namespace phoenix
