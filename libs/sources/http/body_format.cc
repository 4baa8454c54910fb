#include "libs/sources/http/body_format.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "libs/sources/http/content_type.h"

namespace phoenix {
namespace {

// One such header is enough: an event of which a header is missing is refused,
// not taken for something else.
bool HasCloudEventHeader(const http::Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return absl::StartsWithIgnoreCase(header.first, "ce-");
  });
}

}  // namespace

std::optional<BodyFormat> ParseBodyFormat(std::string_view name) {
  if (name == "ndjson") return BodyFormat::kNdjson;
  if (name == "json") return BodyFormat::kJson;
  if (name == "cloudevents") return BodyFormat::kCloudEvent;
  return std::nullopt;
}

std::optional<BodyFormat> ChooseBodyFormat(const http::RequestHead& head,
                                           std::optional<BodyFormat> fallback) {
  const std::string type =
      ParseContentType(http::FindHeader(head.headers, "content-type"))
          .media_type;
  if (type == "application/cloudevents+json") return BodyFormat::kCloudEvent;
  if (type == "application/cloudevents-batch+json") {
    return BodyFormat::kCloudEventBatch;
  }
  if (HasCloudEventHeader(head.headers)) return BodyFormat::kBinaryModeEvent;
  if (type == "application/x-ndjson" || type == "application/ndjson" ||
      type == "application/jsonl") {
    return BodyFormat::kNdjson;
  }
  if (type == "application/json") {
    // A door for CloudEvents takes those that call themselves just JSON.
    return fallback == BodyFormat::kCloudEvent ? fallback : BodyFormat::kJson;
  }
  return fallback;
}

}  // namespace phoenix
