#include "libs/server/admin_server.h"

#include <utility>

#include "libs/http/message.h"

namespace phoenix {
namespace {

constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kTextType[] = "text/plain; charset=utf-8";

// A few scrapers and a load balancer.
constexpr size_t kMaxConnections = 64;

// Nobody has to send a body here.
constexpr uint64_t kMaxBodyBytes = 64 << 10;

http::ServerOptions ServerOptionsFor(std::string address) {
  http::ServerOptions options;
  options.address = std::move(address);
  options.address_option = "admin_address";
  options.max_connections = kMaxConnections;
  options.max_body_bytes = kMaxBodyBytes;
  return options;
}

http::Response HealthPage(const HealthAnswer& answer) {
  std::string text = answer.Text();
  if (!text.ends_with('\n')) text += '\n';
  return {.status = answer.ok ? 200 : 503,
          .content_type = kTextType,
          .body = std::move(text)};
}

}  // namespace

AdminServer::AdminServer(Options options, const MetricsRegistry& metrics,
                         const HealthRegistry& health)
    : metrics_page_([&metrics](const http::RequestHead&) {
        return http::Response{.content_type = kMetricsType,
                              .body = metrics.Render()};
      }),
      live_page_([&health](const http::RequestHead&) {
        return HealthPage(health.Live());
      }),
      ready_page_([&health](const http::RequestHead&) {
        return HealthPage(health.Ready());
      }),
      server_(ServerOptionsFor(std::move(options.address)), router_) {
  router_.Add("GET", "/metrics", metrics_page_);
  router_.Add("GET", "/healthz", live_page_);
  router_.Add("GET", "/readyz", ready_page_);
}

}  // namespace phoenix
