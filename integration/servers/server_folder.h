#ifndef INTEGRATION_SERVERS_SERVER_FOLDER_H_
#define INTEGRATION_SERVERS_SERVER_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"

namespace phoenix {

// A folder for the data of one server, removed with this object. It lies on
// the machine's disk, under the system's folder for temporary files, and not
// in Bazel's: paths of sockets must be short. Thread-compatible.
class ServerFolder {
 public:
  // Everybody may enter it: servers run as users of their own.
  ServerFolder();
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  const std::string& path() const { return path_; }

  // The path of something in it.
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

// A TCP port of 127.0.0.1 that nobody listens on just now. Another process may
// take it before the caller does: who needs to be sure tries again.
absl::StatusOr<int> FreePort();

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_SERVER_FOLDER_H_
