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

// The HTTP port for those who watch a process:
//
//   GET /metrics   all metrics as Prometheus text
//   GET /healthz   200 while the process is worth keeping, else 503
//   GET /readyz    200 while it can take work, else 503
//
// A 503 says why, one reason a line. Start and Stop are called by one thread.
class AdminServer {
 public:
  struct Options {
    std::string address;  // `127.0.0.1:9464`; port 0: the system chooses.
  };

  // The registries outlive the server.
  AdminServer(const Options& options, const MetricsRegistry& metrics,
              const HealthRegistry& health);

  // Listens and answers. An error says which address can't be had, and why.
  absl::Status Start();

  // The port that is bound; after Start.
  uint16_t port() const { return server_.port(); }

  // Closes the port. Idempotent; the destructor does it too.
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
