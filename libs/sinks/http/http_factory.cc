#include "libs/sinks/http/http_factory.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/sinks/http/curl_client.h"
#include "libs/sinks/http/http.pb.h"
#include "libs/sinks/http/http_sink.h"
#include "libs/sinks/http/pending_request.h"
#include "libs/sinks/rows/cloudevents_row_encoder.h"
#include "libs/sinks/rows/event_field.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"

namespace phoenix {
namespace {

namespace v1 = sinks::http::v1;

bool IsToken(const std::string& text) {
  for (char c : text) {
    if (c <= ' ' || c >= 0x7F || c == ':') return false;
  }
  return !text.empty();
}

bool HasControl(const std::string& text) {
  for (unsigned char c : text) {
    if ((c < ' ' && c != '\t') || c == 0x7F) return true;
  }
  return false;
}

// What the url names as its host and port; empty without http:// or https://.
std::string AuthorityOf(const std::string& url) {
  for (const char* scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(url, scheme)) continue;
    const size_t begin = std::strlen(scheme);
    return url.substr(begin, url.find_first_of("/?#", begin) - begin);
  }
  return "";
}

bool IsUrl(const std::string& url) {
  if (AuthorityOf(url).empty() || HasControl(url)) return false;
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(
      curl_url(), &curl_url_cleanup);
  return curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
}

void CheckUrl(const v1::Http& config, ConfigReport& report) {
  if (IsUrl(config.url())) return;
  // Not shown: it may hold a password.
  report.Error("url", 0,
               "url has no scheme http:// or https://, or no host: expected "
               "one such as 'https://example.com/events'");
}

void AddHeaders(const v1::Http& config, ConfigReport& report,
                CurlClient::Options& options) {
  for (int i = 0; i < config.headers_size(); ++i) {
    const v1::Header& header = config.headers(i);
    if (!IsToken(header.name())) {
      report.Error(absl::StrFormat("headers[%d].name", i), 0,
                   absl::StrFormat("'%s' is no header name", header.name()));
    } else if (HasControl(header.value())) {
      report.Error(absl::StrFormat("headers[%d].value", i), 0,
                   "header value has a control character");
    } else {
      options.headers.push_back(header.name() + ": " + header.value());
    }
  }
  options.idempotency_header = config.idempotency_header();
  if (!options.idempotency_header.empty() &&
      !IsToken(options.idempotency_header)) {
    report.Error(
        "idempotency_header", 0,
        absl::StrFormat("'%s' is no header name", options.idempotency_header));
  }
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

std::string ContentType(v1::Format format) {
  switch (format) {
    case v1::FORMAT_JSON:
      return "application/json";
    case v1::FORMAT_CLOUDEVENTS:
      return "application/cloudevents-batch+json";
    default:
      return "application/x-ndjson";
  }
}

std::unique_ptr<RowEncoder> MakeEncoder(v1::Format format) {
  if (format == v1::FORMAT_CLOUDEVENTS) {
    return std::make_unique<CloudEventsRowEncoder>();
  }
  return std::make_unique<NdjsonRowEncoder>();
}

BodyCompression CompressionOf(v1::Compression compression) {
  switch (compression) {
    case v1::COMPRESSION_GZIP:
      return BodyCompression::kGzip;
    case v1::COMPRESSION_ZSTD:
      return BodyCompression::kZstd;
    default:
      return BodyCompression::kNone;
  }
}

CurlClient::Options ClientOptions(const v1::Http& config,
                                  ConfigReport& report) {
  CurlClient::Options options;
  options.url = config.url();
  options.content_type = ContentType(config.format());
  AddHeaders(config, report, options);
  if (config.has_timeout()) options.timeout = ToDuration(config.timeout());
  if (config.has_connect_timeout()) {
    options.connect_timeout = ToDuration(config.connect_timeout());
  }
  return options;
}

void SetConcurrency(const v1::Concurrency& config, ConfigReport& report,
                    HttpSink::Options& options) {
  options.requests.lanes = std::max(config.max(), 1);
  if (config.key().empty()) return;
  options.key = ParseEventField(config.key());
  if (options.key.has_value()) return;
  report.Error("concurrency.key", 0,
               absl::StrFormat("'%s' is no field, expected %s", config.key(),
                               ToAbsl(kEventFieldForms)));
}

std::unique_ptr<Sink> Create(const v1::Http& config, BuildContext& context) {
  const int errors = context.report.error_count();
  CheckUrl(config, context.report);
  auto client = ClientOptions(config, context.report);
  HttpSink::Options options;
  SetConcurrency(config.concurrency(), context.report, options);
  if (context.report.error_count() > errors) return nullptr;
  options.name = context.name;
  options.requests.breaker.random_seed = StableHash(context.name, 0);
  options.requests.array = config.format() == v1::FORMAT_JSON ||
                           config.format() == v1::FORMAT_CLOUDEVENTS;
  options.requests.compression = CompressionOf(config.compression());
  if (config.max_batch_bytes() > 0) {
    options.max_batch_bytes = config.max_batch_bytes();
  }
  if (config.max_batch_events() > 0) {
    options.max_batch_events = config.max_batch_events();
  }
  return std::make_unique<HttpSink>(
      std::move(options), MakeEncoder(config.format()),
      std::make_unique<CurlClient>(std::move(client)), context.clock);
}

}  // namespace

void RegisterHttpSink(SinkRegistry& registry) {
  registry.Register<v1::Http>("http", &Create);
}

}  // namespace phoenix
