#ifndef LIBS_SOURCES_HTTP_HTTP_SOURCE_H_
#define LIBS_SOURCES_HTTP_HTTP_SOURCE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/batch_builder.h"
#include "libs/http/server.h"
#include "libs/sources/http/body_format.h"
#include "libs/sources/http/decompressor.h"

namespace phoenix {

struct HttpSourceOptions {
  struct Endpoint {
    std::string path;
    std::optional<BodyFormat> format;  // Of bodies whose type is not known.
  };

  http::ServerOptions server;
  std::vector<Endpoint> endpoints;
  EventDefaults defaults;  // `id_prefix` gets the request's number added.
  // For all bodies that are on their way to batches, together; at least what
  // one of the largest needs.
  size_t max_buffered_bytes = 64 << 20;
  size_t max_body_bytes = 16 << 20;
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;
  DecompressionLimits decompression;  // max_output_bytes: of a stream.
  std::chrono::milliseconds max_wait{1000};
  std::chrono::milliseconds ack_timeout{30'000};  // See ingest_exchange.h.
};

// The source `http`: events in the bodies of POST requests. Each connection is
// a lane. How a request is answered: receipt.h; what is refused before its body
// is read: 400 (a CloudEvent in binary mode without its headers), 404, 405, 415
// (an unknown content type, charset or encoding), 503 while it drains.
class HttpSource : public Source {
 public:
  // `clock` outlives the source.
  HttpSource(HttpSourceOptions options, Clock& clock);
  ~HttpSource() override;

  absl::Status Start(Outlet& outlet) override;
  void StopAccepting() override;
  void Stop() override;

  // The port that is bound; after Start.
  uint16_t port() const;

  // What requests can make the source hold at most, events that the pipeline
  // has taken aside: `max_buffered_bytes` for bodies and the batches of them
  // that wait, the window of one more decompressor, and for each connection its
  // read buffer, a head and an answer. Thread-safe.
  std::vector<const char*> refusal_reasons() const override;
  size_t max_memory_bytes() const override;

  // What bodies take of `max_buffered_bytes` at the moment. Thread-safe.
  size_t buffered_bytes() const;

  // A body held as a whole may become one batch: its text and its columns.
  // What would be larger is refused.
  size_t max_batch_bytes() const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_HTTP_SOURCE_H_
