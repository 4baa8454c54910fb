#ifndef LIBS_EVENT_STATUS_TEXT_H_
#define LIBS_EVENT_STATUS_TEXT_H_

#include <string_view>

#include "absl/status/status.h"
#include "libs/base/text.h"

namespace phoenix {

// INVALID_ARGUMENT with the parts as its text: a lower-case fragment without a
// full stop, values in single quotes.
template <typename... Parts>
absl::Status InvalidArgument(const Parts&... parts) {
  return absl::InvalidArgumentError(Cat(parts...));
}

// The same status, `context` and ": " before its text: how each layer says
// where it was. `status` is not OK.
inline absl::Status InContext(const absl::Status& status,
                              std::string_view context) {
  return absl::Status(status.code(),
                      Cat(context, ": ", FromAbsl(status.message())));
}

}  // namespace phoenix

#endif  // LIBS_EVENT_STATUS_TEXT_H_
