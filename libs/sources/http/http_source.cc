#include "libs/sources/http/http_source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "libs/event/ndjson_decoder.h"
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
    router_.ObserveRefusals([&outlet](std::string_view reason) {
      outlet.CountRejected(1, std::string(reason).c_str());
    });
    return server_.Start();
  }

  void StopAccepting() {
    draining_ = true;
    server_.StopAccepting();
  }

  size_t max_batch_bytes() const {
    return std::max(kUsualBatchBytes, 2 * options_.max_body_bytes);
  }

  size_t max_memory_bytes() const {
    const size_t whole = 3 * options_.max_body_bytes;
    const size_t lines = std::max(NdjsonOptions::kDefaultBufferBytes,
                                  2 * options_.max_event_bytes);
    const size_t inflated =
        http::ServerOptions::kReadBytes * options_.decompression.max_ratio +
        DecompressionLimits::kFreeBytes;
    const size_t connection = http::ServerOptions::kReadBytes +
                              options_.server.max_header_bytes +
                              std::max(whole, 2 * lines + inflated);
    return options_.server.max_connections * connection;
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

size_t HttpSource::max_memory_bytes() const {
  return impl_->max_memory_bytes();
}

size_t HttpSource::max_batch_bytes() const { return impl_->max_batch_bytes(); }

uint16_t HttpSource::port() const { return impl_->server().port(); }

}  // namespace phoenix
