#include "libs/sources/http/http_source.h"

#include <atomic>
#include <deque>
#include <utility>

#include "libs/http/router.h"
#include "libs/sources/http/ingest_handler.h"

namespace phoenix {

class HttpSource::Impl {
 public:
  Impl(HttpSourceOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        server_(options_.server, router_) {}

  absl::Status Start(Outlet& outlet) {
    for (const HttpSourceOptions::Endpoint& endpoint : options_.endpoints) {
      handlers_.emplace_back(options_, endpoint.format, draining_, outlet,
                             clock_);
      router_.Add("POST", endpoint.path, handlers_.back());
    }
    return server_.Start();
  }

  void StopAccepting() {
    draining_ = true;
    server_.StopAccepting();
  }

  http::Server& server() { return server_; }

 private:
  const HttpSourceOptions options_;
  Clock& clock_;
  std::atomic<bool> draining_ = false;
  std::deque<IngestHandler> handlers_;
  http::Router router_;
  http::Server server_;
};

HttpSource::HttpSource(HttpSourceOptions options, Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {}

HttpSource::~HttpSource() { Stop(); }

absl::Status HttpSource::Start(Outlet& outlet) { return impl_->Start(outlet); }

void HttpSource::StopAccepting() { impl_->StopAccepting(); }

void HttpSource::Stop() { impl_->server().Stop(); }

uint16_t HttpSource::port() const { return impl_->server().port(); }

}  // namespace phoenix
