#include "libs/http/head_check.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/match.h"
#include "libs/base/text.h"

namespace phoenix::http {
namespace {

constexpr std::string_view kContinue = "100-continue";

bool IsContinue(std::string_view expectation) {
  return absl::EqualsIgnoreCase(ToAbsl(expectation), ToAbsl(kContinue));
}

std::optional<ErrorReport> CheckHost(const Headers& headers) {
  const auto hosts = std::count_if(
      headers.begin(), headers.end(),
      [](const auto& header) { return SameHeaderName(header.first, "host"); });
  if (hosts == 1) return std::nullopt;
  return ErrorReport{
      .http_status = 400,
      .reason = hosts == 0 ? "HOST_MISSING" : "HTTP_INVALID",
      .message = hosts == 0
                     ? "The request has no Host header; send one."
                     : "The request has several Host headers; send one."};
}

}  // namespace

std::optional<ErrorReport> CheckHttp11Head(const RequestHead& head) {
  if (auto report = CheckHost(head.headers)) return report;
  for (const auto& [name, value] : head.headers) {
    if (!SameHeaderName(name, "expect") || IsContinue(value)) continue;
    return ErrorReport{.http_status = 417,
                       .reason = "EXPECTATION_UNKNOWN",
                       .message = "Expect '" + value +
                                  "' is not known: send 100-continue or none.",
                       .metadata = {{"expect", value}}};
  }
  return std::nullopt;
}

bool ExpectsContinue(const RequestHead& head) {
  return IsContinue(FindHeader(head.headers, "expect"));
}

}  // namespace phoenix::http
