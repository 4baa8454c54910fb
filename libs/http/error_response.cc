#include "libs/http/error_response.h"

#include "libs/base/json_text.h"

namespace phoenix::http {
namespace {

constexpr std::string_view kDomain = "phoenix.ingest.v1";

void AppendField(std::string_view name, std::string_view value,
                 std::string& out) {
  AppendJsonText(name, out);
  out += ':';
  AppendJsonText(value, out);
}

void AppendErrorInfo(const ErrorReport& report, std::string& out) {
  out += R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)";
  AppendField("reason", report.reason, out);
  out += ',';
  AppendField("domain", kDomain, out);
  if (!report.metadata.empty()) {
    out += R"(,"metadata":{)";
    bool first = true;
    for (const auto& [name, value] : report.metadata) {
      if (!first) out += ',';
      first = false;
      AppendField(name, value, out);
    }
    out += '}';
  }
  out += '}';
}

}  // namespace

std::string_view CodeNameForStatus(int http_status) {
  switch (http_status) {
    case 404:
      return "NOT_FOUND";
    case 405:
    case 415:
    case 417:
    case 501:
      return "UNIMPLEMENTED";
    case 408:
      return "DEADLINE_EXCEEDED";
    case 413:
    case 429:
    case 431:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    default:
      return http_status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
  }
}

Response ErrorResponse(const ErrorReport& report) {
  Response response;
  response.status = report.http_status;
  std::string& out = response.body;
  out += R"({"error":{"code":)";
  out += std::to_string(report.http_status);
  out += ',';
  AppendField("status", CodeNameForStatus(report.http_status), out);
  out += ',';
  AppendField("message", report.message, out);
  out += R"(,"details":[)";
  AppendErrorInfo(report, out);
  if (report.retry_after_seconds > 0) {
    const std::string seconds = std::to_string(report.retry_after_seconds);
    out += R"(,{"@type":"type.googleapis.com/google.rpc.RetryInfo",)";
    AppendField("retryDelay", seconds + "s", out);
    out += '}';
    response.headers.emplace_back("Retry-After", seconds);
  }
  out += "]}}\n";
  return response;
}

}  // namespace phoenix::http
