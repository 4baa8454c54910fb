#include "libs/base/status_builder.h"

#include "libs/base/text.h"

namespace phoenix {

StatusBuilder::StatusBuilder(absl::StatusCode code, std::string_view message)
    : status_(code, ToAbsl(message)) {}

StatusBuilder::StatusBuilder(const absl::Status& status)
    : status_(status),
      reason_(GetErrorReason(status).value_or(ErrorReason())),
      violations_(GetFieldViolations(status)) {}

StatusBuilder& StatusBuilder::Reason(std::string_view reason) {
  reason_.reason = std::string(reason);
  return *this;
}

StatusBuilder& StatusBuilder::Metadata(std::string_view key,
                                       std::string_view value) {
  reason_.metadata[std::string(key)] = std::string(value);
  return *this;
}

StatusBuilder& StatusBuilder::RetryAfter(absl::Duration delay) {
  SetRetryDelay(status_, delay);
  return *this;
}

StatusBuilder& StatusBuilder::Violation(std::string_view field,
                                        std::string_view description) {
  violations_.push_back({std::string(field), std::string(description)});
  return *this;
}

StatusBuilder& StatusBuilder::Context(std::string_view context) {
  status_ = WithContext(status_, context);
  return *this;
}

absl::Status StatusBuilder::Build() const {
  absl::Status status = status_;
  if (!reason_.reason.empty()) SetErrorReason(status, reason_);
  if (!violations_.empty()) SetFieldViolations(status, violations_);
  return status;
}

}  // namespace phoenix
