// Runs a real broker for people and scripts, with its data in a folder that is
// gone afterwards:
//
//   run_kafka [TOPIC[:PARTITIONS]...]
//
// creates the topics, prints HOST:PORT when the broker is ready, and ends with
// SIGINT or SIGTERM.
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "integration/servers/kafka_server.h"

namespace phoenix {
namespace {

absl::Status CreateTopic(KafkaServer& server, const std::string& argument) {
  const size_t colon = argument.find(':');
  const int partitions =
      colon == std::string::npos ? 1 : std::atoi(argument.c_str() + colon + 1);
  return server.CreateTopic(argument.substr(0, colon), partitions);
}

int Main(int argc, char** argv) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  auto started = KafkaServer::Start();
  absl::Status status = started.status();
  for (int i = 1; i < argc && status.ok(); ++i) {
    status = CreateTopic(**started, argv[i]);
  }
  if (!status.ok()) {
    std::fprintf(stderr, "run_kafka: %s\n", status.ToString().c_str());
    return EXIT_FAILURE;
  }
  // Not before: what is started inherits what is blocked.
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::printf("%s\n", (*started)->bootstrap().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) { return phoenix::Main(argc, argv); }
