#ifndef LIBS_BASE_STATUS_BUILDER_H_
#define LIBS_BASE_STATUS_BUILDER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/error_details.h"

namespace phoenix {

// Makes an error with its details in one expression:
//
//   return StatusBuilder(absl::StatusCode::kResourceExhausted,
//                        "queue of sink 'orders' is full")
//       .Reason("QUEUE_FULL")
//       .Metadata("sink", "orders")
//       .RetryAfter(absl::Seconds(1));
//
// A library's message is a lower-case fragment without full stop, subject
// first, values in single quotes. Thread-compatible.
class StatusBuilder {
 public:
  // `code` is not kOk.
  StatusBuilder(absl::StatusCode code, std::string_view message);

  // Goes on from an error and what details it has.
  explicit StatusBuilder(const absl::Status& status);

  // UPPER_SNAKE, at most 63 characters.
  StatusBuilder& Reason(std::string_view reason);

  // A variable of the message under a lowerCamel key, the unit in the key.
  StatusBuilder& Metadata(std::string_view key, std::string_view value);

  StatusBuilder& RetryAfter(absl::Duration delay);

  // Adds a wrong field and what is wrong with it.
  StatusBuilder& Violation(std::string_view field,
                           std::string_view description);

  // `context` and ": " before the message so far.
  StatusBuilder& Context(std::string_view context);

  absl::Status Build() const;
  operator absl::Status() const { return Build(); }

 private:
  absl::Status status_;
  ErrorReason reason_;
  std::vector<FieldViolation> violations_;
};

}  // namespace phoenix

#endif  // LIBS_BASE_STATUS_BUILDER_H_
