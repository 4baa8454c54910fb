#ifndef LIBS_SOURCES_HTTP_INGEST_HANDLER_H_
#define LIBS_SOURCES_HTTP_INGEST_HANDLER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/http/handler.h"
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

  // All references outlive the handler.
  IngestHandler(const HttpSourceOptions& options,
                std::optional<BodyFormat> fallback,
                const std::atomic<bool>& draining, Outlet& outlet, Clock& clock)
      : options_(options),
        fallback_(fallback),
        draining_(draining),
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

  const HttpSourceOptions& options_;
  const std::optional<BodyFormat> fallback_;
  const std::atomic<bool>& draining_;
  Outlet& outlet_;
  Clock& clock_;
  uint64_t next_request_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_INGEST_HANDLER_H_
