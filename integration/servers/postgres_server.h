#ifndef INTEGRATION_SERVERS_POSTGRES_SERVER_H_
#define INTEGRATION_SERVERS_POSTGRES_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/servers/child_process.h"
#include "integration/servers/server_folder.h"

namespace phoenix {

// A real PostgreSQL on a free port, with its data in a folder of its own, gone
// with this object or with the test. Starting one takes some 2 s: have one for
// all tests of a binary. Thread-compatible.
class PostgresServer {
 public:
  // Returns when the server answers. FAILED_PRECONDITION, saying what to run,
  // when PostgreSQL is not installed.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start();

  int port() const { return port_; }

  // For libpq: `host=127.0.0.1 port=PORT user=phoenix dbname=postgres`. The
  // user may do anything and needs no password.
  std::string connection_string() const;

  // Ends the server as a power cut does, but for what the system has cached.
  void Kill() { process_.Kill(); }

  // Starts it again on the same port and data; returns when it answers. Kills
  // it first if it runs.
  absl::Status Restart();

  // Holds it still, and lets it go on. Sessions have processes of their own,
  // which go on: what stands still is who lets new ones in.
  void Pause() { process_.Pause(); }
  void Resume() { process_.Resume(); }

 private:
  PostgresServer() = default;

  absl::Status Prepare();
  absl::Status Launch();
  bool Answers() const;
  ChildProcess::Options Command(std::initializer_list<std::string> words) const;

  ServerFolder folder_;
  std::string programs_;  // Where they are.
  int port_ = 0;
  ChildProcess process_;
};

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_POSTGRES_SERVER_H_
