#include "libs/sources/http/ingest_handler.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/event_reason.h"
#include "libs/http/error_response.h"
#include "libs/http/message.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/body_reader.h"
#include "libs/sources/http/content_type.h"
#include "libs/sources/http/ingest_exchange.h"
#include "libs/sources/request_trace.h"

namespace phoenix {
namespace {

using Refusal = IngestHandler::Refusal;

// Attributes that each CloudEvent has; in binary mode they are headers.
constexpr std::string_view kRequiredHeaders[] = {"ce-specversion", "ce-id",
                                                 "ce-source", "ce-type"};

Refusal UnknownType(std::string_view content_type) {
  return {415, "CONTENT_TYPE_UNKNOWN",
          Cat("Content-Type '", content_type,
              "' is not known: expected application/json, "
              "application/x-ndjson, application/cloudevents+json or "
              "application/cloudevents-batch+json.")};
}

// In binary mode a payload that is no JSON is passed on with its type.
std::optional<Refusal> CheckCharset(const http::RequestHead& head,
                                    BodyFormat format) {
  const ContentType type =
      ParseContentType(http::FindHeader(head.headers, "content-type"));
  if (IsUtf8Charset(type.charset)) return std::nullopt;
  if (format == BodyFormat::kBinaryModeEvent &&
      !IsJsonContentType(type.media_type)) {
    return std::nullopt;
  }
  return Refusal{415, "CHARSET_UNKNOWN",
                 Cat("Charset '", type.charset,
                     "' is not taken: send the body in utf-8, and "
                     "'charset=utf-8' or no charset in Content-Type.")};
}

std::optional<Refusal> CheckCloudEventHeaders(const http::RequestHead& head,
                                              BodyFormat format) {
  if (format != BodyFormat::kBinaryModeEvent) return std::nullopt;
  for (const std::string_view name : kRequiredHeaders) {
    if (!http::FindHeader(head.headers, name).empty()) continue;
    return Refusal{400, kEventInvalid,
                   Cat("header '", name,
                       "' is missing or empty: a CloudEvent in binary mode, "
                       "which any 'ce-' header makes of the request, has "
                       "ce-specversion, ce-id, ce-source and ce-type")};
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<http::Exchange> IngestHandler::Accept(
    const http::RequestHead& head, std::shared_ptr<http::Responder> responder) {
  const auto format = ChooseBodyFormat(head, fallback_);
  if (!format.has_value()) {
    return Refuse(*responder,
                  UnknownType(http::FindHeader(head.headers, "content-type")));
  }
  auto refusal = CheckCloudEventHeaders(head, *format);
  if (!refusal) refusal = CheckCharset(head, *format);
  if (refusal) return Refuse(*responder, *refusal);
  auto decompressor = MakeDecompressor(
      http::FindHeader(head.headers, "content-encoding"), LimitsFor(*format));
  if (!decompressor.ok()) {
    return Refuse(*responder, {415, "CONTENT_ENCODING_UNKNOWN",
                               std::string(decompressor.status().message())});
  }
  IngestExchange::Parts parts;
  parts.body = std::make_unique<BodyReader>(
      *std::move(decompressor),
      MakeBodyDecoder(
          *format, head,
          {DefaultsForRequest(head), options_.max_event_bytes,
           options_.max_body_bytes, absl::ToUnixNanos(clock_.Now())}),
      door_.allowance, door_.max_batch_bytes, TraceOf(head.headers));
  parts.by_line = *format == BodyFormat::kNdjson;
  parts.lane = head.connection;
  parts.max_wait = options_.max_wait;
  parts.ack_timeout = options_.ack_timeout;
  parts.draining = &door_.draining;
  return std::make_unique<IngestExchange>(std::move(parts), outlet_,
                                          std::move(responder));
}

std::unique_ptr<http::Exchange> IngestHandler::Refuse(
    http::Responder& responder, const Refusal& refusal) {
  outlet_.CountRejected(1, refusal.reason);
  responder.Respond(http::ErrorResponse({.http_status = refusal.http_status,
                                         .reason = refusal.reason,
                                         .message = refusal.message}));
  return std::make_unique<http::IgnoredBody>();
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
