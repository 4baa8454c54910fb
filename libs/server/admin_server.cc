#include "libs/server/admin_server.h"

#include <chrono>
#include <utility>

namespace phoenix {
namespace {

// A page has no body to send and few readers: these bounds keep a stray or
// hostile client from costing anything.
http::ServerOptions ServerOptions(const std::string& address) {
  http::ServerOptions options;
  options.address = address;
  options.max_body_bytes = 4096;
  options.max_connections = 64;
  return options;
}

http::Response HealthResponse(const HealthAnswer& answer) {
  http::Response response;
  response.status = answer.ok ? 200 : 503;
  response.content_type = "text/plain; charset=utf-8";
  response.body = answer.Text() + "\n";
  return response;
}

}  // namespace

AdminServer::AdminServer(const Options& options, const MetricsRegistry& metrics,
                         const HealthRegistry& health)
    : metrics_page_([&metrics](const http::RequestHead&) {
        http::Response response;
        response.content_type = kMetricsContentType;
        response.body = metrics.Render();
        return response;
      }),
      live_page_([&health](const http::RequestHead&) {
        return HealthResponse(health.Live());
      }),
      ready_page_([&health](const http::RequestHead&) {
        return HealthResponse(health.Ready());
      }),
      server_(ServerOptions(options.address), router_) {
  router_.Add("GET", "/metrics", metrics_page_);
  router_.Add("GET", "/healthz", live_page_);
  router_.Add("GET", "/readyz", ready_page_);
}

absl::Status AdminServer::Start() { return server_.Start(); }

}  // namespace phoenix
