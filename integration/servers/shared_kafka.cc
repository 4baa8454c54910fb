#include "integration/servers/shared_kafka.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace phoenix {

KafkaServer& SharedKafka() {
  static const std::unique_ptr<KafkaServer> server = [] {
    auto started = KafkaServer::Start();
    if (!started.ok()) {
      std::fprintf(stderr, "%s\n", started.status().ToString().c_str());
      std::abort();
    }
    return *std::move(started);
  }();
  return *server;
}

}  // namespace phoenix
