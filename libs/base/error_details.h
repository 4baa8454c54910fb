#ifndef LIBS_BASE_ERROR_DETAILS_H_
#define LIBS_BASE_ERROR_DETAILS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace phoenix {

// What programs need to know of an error beside its code: the details of
// google.rpc.Status, kept in a status as payloads under their type URLs, so
// that they pass through libraries and over gRPC unharmed. status_builder.h is
// the comfortable way to make them.

// Why, in a form that a program can branch on: google.rpc.ErrorInfo.
struct ErrorReason {
  std::string reason;  // UPPER_SNAKE, stable within the domain.
  std::string domain = "phoenix";
  std::map<std::string, std::string> metadata;  // lowerCamel keys.

  friend bool operator==(const ErrorReason&, const ErrorReason&) = default;
};

// One wrong field of a request: google.rpc.BadRequest.FieldViolation.
struct FieldViolation {
  std::string field;  // Its path, such as `events[2].id`.
  std::string description;

  friend bool operator==(const FieldViolation&,
                         const FieldViolation&) = default;
};

// Each replaces what the status had of its kind; an OK status stays as it is.
void SetErrorReason(absl::Status& status, const ErrorReason& reason);
void SetRetryDelay(absl::Status& status, absl::Duration delay);
void SetFieldViolations(absl::Status& status,
                        const std::vector<FieldViolation>& violations);

// What the status has of that kind: nothing when it has none, or bytes that
// are not a message of that type.
std::optional<ErrorReason> GetErrorReason(const absl::Status& status);
std::optional<absl::Duration> GetRetryDelay(const absl::Status& status);
std::vector<FieldViolation> GetFieldViolations(const absl::Status& status);

// `context` and ": " before the message; code and details stay. An OK status
// stays as it is.
absl::Status WithContext(const absl::Status& status, std::string_view context);

// True when the same call may succeed later as it is: UNAVAILABLE,
// RESOURCE_EXHAUSTED, ABORTED and DEADLINE_EXCEEDED.
bool IsRetryable(const absl::Status& status);

}  // namespace phoenix

#endif  // LIBS_BASE_ERROR_DETAILS_H_
