#include "integration/servers/postgres_server.h"

#include <filesystem>
#include <initializer_list>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(60);

// The server refuses to run as root; Debian's package makes this user.
constexpr char kUser[] = "postgres";

// Where Debian puts one version's programs beside another's.
absl::StatusOr<std::string> FindPrograms() {
  std::error_code error;
  for (const auto& version :
       std::filesystem::directory_iterator("/usr/lib/postgresql", error)) {
    const std::string programs = version.path() / "bin";
    if (std::filesystem::exists(programs + "/initdb")) return programs;
  }
  return absl::FailedPreconditionError(
      "PostgreSQL is not in '/usr/lib/postgresql': run tools/dev setup test");
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start() {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  PHOENIX_RETURN_IF_ERROR(server->Prepare());
  PHOENIX_RETURN_IF_ERROR(server->Restart());
  return server;
}

std::string PostgresServer::connection_string() const {
  return Cat("host=127.0.0.1 port=", port_, " user=phoenix dbname=postgres");
}

ChildProcess::Options PostgresServer::Command(
    std::initializer_list<std::string> words) const {
  ChildProcess::Options options{.command = words,
                                .directory = folder_.path(),
                                .log_file = folder_ / "postgres.log",
                                .user = kUser};
  options.command[0] = programs_ + "/" + options.command[0];
  return options;
}

absl::Status PostgresServer::Prepare() {
  PHOENIX_ASSIGN_OR_RETURN(programs_, FindPrograms());
  PHOENIX_ASSIGN_OR_RETURN(port_, FreePort());
  return RunToEnd(Command({"initdb", "-D", folder_ / "data", "-A", "trust",
                           "-U", "phoenix", "-E", "UTF8", "--no-sync"}));
}

absl::Status PostgresServer::Launch() {
  PHOENIX_ASSIGN_OR_RETURN(
      process_, ChildProcess::Start(Command(
                    {"postgres", "-D", folder_ / "data", "-p", Cat(port_), "-k",
                     folder_.path(), "-c", "listen_addresses=127.0.0.1", "-c",
                     "wal_level=logical"})));
  return absl::OkStatus();
}

absl::Status PostgresServer::Restart() {
  Kill();
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (absl::Now() < deadline) {
    // Processes of sessions outlive a server that was killed for a moment, and
    // as long as they do another refuses to start.
    if (!process_.Running()) PHOENIX_RETURN_IF_ERROR(Launch());
    if (Answers()) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(100));
  }
  return absl::UnavailableError(
      Cat("PostgreSQL did not start; the end of its log:\n",
          TailOf(folder_ / "postgres.log")));
}

bool PostgresServer::Answers() const {
  ChildProcess::Options command =
      Command({"pg_isready", "-q", "-h", "127.0.0.1", "-p", Cat(port_)});
  command.log_file = "/dev/null";
  return RunToEnd(command).ok();
}

}  // namespace phoenix
