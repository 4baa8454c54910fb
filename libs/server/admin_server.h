#ifndef LIBS_SERVER_ADMIN_SERVER_H_
#define LIBS_SERVER_ADMIN_SERVER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "libs/http/router.h"
#include "libs/http/server.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// What operators and their machines ask a process, over HTTP:
//
//   /metrics  Prometheus' text format
//   /healthz  200 as long as a restart would not help, else 503
//   /readyz   200 when traffic may come, else 503
//
// The bodies of the last two are "ok", or a line for each part that stands in
// the way. Used by one thread; serves on one of its own.
class AdminServer {
 public:
  struct Options {
    std::string address;  // `127.0.0.1:9464`; port 0: the system chooses.
  };

  // Both registries outlive the server.
  AdminServer(Options options, const MetricsRegistry& metrics,
              const HealthRegistry& health);

  // See OpenListenSocket for the errors.
  absl::Status Start() { return server_.Start(); }

  // The port that is bound; after Start.
  uint16_t port() const { return server_.port(); }

  // Ends the thread. Also done by the destructor.
  void Stop() { server_.Stop(); }

 private:
  http::PageHandler metrics_page_;
  http::PageHandler live_page_;
  http::PageHandler ready_page_;
  http::Router router_;
  http::Server server_;
};

}  // namespace phoenix

#endif  // LIBS_SERVER_ADMIN_SERVER_H_
