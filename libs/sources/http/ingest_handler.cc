#include "libs/sources/http/ingest_handler.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/http/error_response.h"
#include "libs/http/message.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/ingest_exchange.h"

namespace phoenix {
namespace {

std::unique_ptr<http::Exchange> Refuse(http::Responder& responder,
                                       const http::ErrorReport& report) {
  responder.Respond(http::ErrorResponse(report));
  return std::make_unique<http::IgnoredBody>();
}

http::ErrorReport UnknownType(std::string_view content_type) {
  return {.http_status = 415,
          .reason = "CONTENT_TYPE_UNKNOWN",
          .message = "Content-Type '" + std::string(content_type) +
                     "' is not known: expected application/json, "
                     "application/x-ndjson, application/cloudevents+json or "
                     "application/cloudevents-batch+json."};
}

http::ErrorReport UnknownEncoding(const absl::Status& status) {
  return {.http_status = 415,
          .reason = "CONTENT_ENCODING_UNKNOWN",
          .message = std::string(status.message())};
}

}  // namespace

std::unique_ptr<http::Exchange> IngestHandler::Accept(
    const http::RequestHead& head, std::shared_ptr<http::Responder> responder) {
  const auto format = ChooseBodyFormat(head, fallback_);
  if (!format.has_value()) {
    outlet_.CountRejected(1, "CONTENT_TYPE_UNKNOWN");
    return Refuse(*responder,
                  UnknownType(http::FindHeader(head.headers, "content-type")));
  }
  auto decompressor = MakeDecompressor(
      http::FindHeader(head.headers, "content-encoding"), LimitsFor(*format));
  if (!decompressor.ok()) {
    outlet_.CountRejected(1, "CONTENT_ENCODING_UNKNOWN");
    return Refuse(*responder, UnknownEncoding(decompressor.status()));
  }
  IngestExchange::Parts parts;
  parts.decompressor = *std::move(decompressor);
  parts.decoder = MakeBodyDecoder(
      *format, head,
      {DefaultsForRequest(head), options_.max_event_bytes,
       options_.max_body_bytes, absl::ToUnixNanos(clock_.Now())});
  parts.by_line = *format == BodyFormat::kNdjson;
  parts.lane = head.connection;
  parts.max_wait = options_.max_wait;
  parts.draining = &draining_;
  return std::make_unique<IngestExchange>(std::move(parts), outlet_,
                                          std::move(responder));
}

DecompressionLimits IngestHandler::LimitsFor(BodyFormat format) const {
  DecompressionLimits limits = options_.decompression;
  if (format != BodyFormat::kNdjson) {
    limits.max_output_bytes = options_.max_body_bytes;
    limits.output_limit_name = "max_body_bytes";
  }
  return limits;
}

EventDefaults IngestHandler::DefaultsForRequest(const http::RequestHead& head) {
  EventDefaults defaults = options_.defaults;
  absl::StrAppend(&defaults.id_prefix, head.connection, "-", next_request_++,
                  "-");
  return defaults;
}

}  // namespace phoenix
