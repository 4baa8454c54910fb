#ifndef LIBS_SOURCES_HTTP_INGEST_HANDLER_H_
#define LIBS_SOURCES_HTTP_INGEST_HANDLER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/http/handler.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/http/body_format.h"
#include "libs/sources/http/http_source.h"

namespace phoenix {

// The handler of one path: looks at a request's head and makes the exchange
// that takes its body in. Used on the server's thread.
class IngestHandler : public http::Handler {
 public:
  // Why a request is refused before its body is read.
  struct Refusal {
    int http_status = 400;
    const char* reason = "";  // Counted under it, too.
    std::string message;
  };

  // What all handlers of a door share.
  struct Door {
    const HttpSourceOptions& options;
    size_t max_batch_bytes;
    ByteAllowance& allowance;
    const std::atomic<bool>& draining;
  };

  // All references outlive the handler.
  IngestHandler(const Door& door, std::optional<BodyFormat> fallback,
                Outlet& outlet, Clock& clock)
      : door_(door),
        options_(door.options),
        fallback_(fallback),
        outlet_(outlet),
        clock_(clock) {}

  std::unique_ptr<http::Exchange> Accept(
      const http::RequestHead& head,
      std::shared_ptr<http::Responder> responder) override;

 private:
  std::unique_ptr<http::Exchange> Refuse(http::Responder& responder,
                                         const Refusal& refusal);
  DecompressionLimits LimitsFor(BodyFormat format) const;
  EventDefaults DefaultsForRequest(const http::RequestHead& head);

  const Door door_;
  const HttpSourceOptions& options_;
  const std::optional<BodyFormat> fallback_;
  Outlet& outlet_;
  Clock& clock_;
  uint64_t next_request_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_INGEST_HANDLER_H_
