#include "libs/sources/http/http_source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "libs/event/event_reason.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/http/router.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/ingest_handler.h"
#include "libs/sources/not_taken.h"

namespace phoenix {
namespace {

// What is kept of a request until its answer is sent: the failures that are
// listed in it.
constexpr size_t kAnswerBytes = 16 << 10;

size_t LongestLineBuffer(const HttpSourceOptions& options) {
  return std::max(NdjsonOptions::kDefaultBufferBytes,
                  2 * options.max_event_bytes);
}

// What the largest body needs on its own.
size_t LargestNeed(const HttpSourceOptions& options) {
  constexpr size_t kCopies = BodyDecoderOptions::kCopiesInWork;
  return std::max(kCopies * options.max_body_bytes,
                  kCopies * LongestLineBuffer(options) +
                      DecompressionLimits::kMaxWindowBytes);
}

}  // namespace

class HttpSource::Impl {
 public:
  Impl(HttpSourceOptions options, Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        allowance_(
            std::max(options_.max_buffered_bytes, LargestNeed(options_))),
        server_(options_.server, router_) {}

  absl::Status Start(Outlet& outlet) {
    for (const HttpSourceOptions::Endpoint& endpoint : options_.endpoints) {
      handlers_.emplace_back(IngestHandler::Door{options_, max_batch_bytes(),
                                                 allowance_, draining_},
                             endpoint.format, outlet, clock_);
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
    return std::max({kUsualBatchBytes, 2 * options_.max_body_bytes,
                     2 * LongestLineBuffer(options_)});
  }

  size_t max_memory_bytes() const {
    const size_t connection = http::ServerOptions::kReadBytes +
                              2 * options_.server.max_header_bytes +
                              kAnswerBytes;
    return allowance_.max_bytes() + DecompressionLimits::kMaxWindowBytes +
           options_.server.max_connections * connection;
  }

  size_t buffered_bytes() const { return allowance_.used_bytes(); }

  http::Server& server() { return server_; }

 private:
  const HttpSourceOptions options_;
  Clock& clock_;
  ByteAllowance allowance_;
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

size_t HttpSource::buffered_bytes() const { return impl_->buffered_bytes(); }

size_t HttpSource::max_batch_bytes() const { return impl_->max_batch_bytes(); }

uint16_t HttpSource::port() const { return impl_->server().port(); }

std::vector<const char*> HttpSource::refusal_reasons() const {
  return {"ACK_TIMEOUT",
          "BODY_INCOMPLETE",
          "BODY_INVALID",
          "BODY_TOO_LARGE",
          "CHARSET_UNKNOWN",
          "CONNECTION_LIMIT",
          "CONTENT_ENCODING_UNKNOWN",
          "CONTENT_TYPE_UNKNOWN",
          "DOOR_NOT_FOUND",
          "DRAINING",
          kEventInvalid,
          "EVENT_REJECTED",
          kEventTooLarge,
          "EXPECTATION_UNKNOWN",
          "HEADERS_TOO_LARGE",
          "HOST_MISSING",
          "HTTP_INVALID",
          "METHOD_NOT_ALLOWED",
          kNotTaken,
          "QUEUE_FULL",
          "REQUEST_TIMEOUT"};
}

}  // namespace phoenix
