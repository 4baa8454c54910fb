#include "libs/sources/http/body_format.h"

#include <string>

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// The media type without its parameters, in lower case.
std::string MediaType(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(type)));
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
      MediaType(http::FindHeader(head.headers, "content-type"));
  if (type == "application/cloudevents+json") return BodyFormat::kCloudEvent;
  if (type == "application/cloudevents-batch+json") {
    return BodyFormat::kCloudEventBatch;
  }
  if (!http::FindHeader(head.headers, "ce-specversion").empty()) {
    return BodyFormat::kBinaryModeEvent;
  }
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
