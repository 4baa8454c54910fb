#include "libs/sinks/http/verdict.h"

#include "absl/strings/str_format.h"
#include "libs/component/sink_decorators/retry_after.h"

namespace phoenix {
namespace {

constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kRequestTimeout = 408;
constexpr int kContentTooLarge = 413;
constexpr int kUnprocessableContent = 422;
constexpr int kTooEarly = 425;
constexpr int kTooManyRequests = 429;

absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case kUnauthorized:
      return absl::StatusCode::kUnauthenticated;
    case kForbidden:
      return absl::StatusCode::kPermissionDenied;
    case kTooManyRequests:
      return absl::StatusCode::kResourceExhausted;
    case kBadRequest:
    case kContentTooLarge:
    case kUnprocessableContent:
      return absl::StatusCode::kInvalidArgument;
    default:
      return VerdictOf(http_status) == Verdict::kRetry
                 ? absl::StatusCode::kUnavailable
                 : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

Verdict VerdictOf(int http_status) {
  if (http_status >= 200 && http_status < 300) return Verdict::kDelivered;
  if (http_status >= 500 && http_status < 600) return Verdict::kRetry;
  switch (http_status) {
    case kRequestTimeout:
    case kTooEarly:
    case kTooManyRequests:
      return Verdict::kRetry;
    case kBadRequest:
    case kContentTooLarge:
    case kUnprocessableContent:
      return Verdict::kTooMany;
    default:
      return Verdict::kRefused;
  }
}

absl::Status StatusOfAnswer(const HttpAnswer& answer) {
  absl::Status status(
      CodeOf(answer.status),
      absl::StrFormat("server answered %d%s%s", answer.status,
                      answer.excerpt.empty() ? "" : ": ", answer.excerpt));
  if (answer.retry_after.has_value()) {
    SetRetryAfter(status, *answer.retry_after);
  }
  return status;
}

}  // namespace phoenix
