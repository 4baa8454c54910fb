#ifndef LIBS_EVENT_TEXT_H_
#define LIBS_EVENT_TEXT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace phoenix {

// The same bytes for Abseil: the packaged library was built before C++17 and
// has a string_view of its own.
inline absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}
inline std::string_view FromAbsl(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

// absl::StrCat that takes std::string_view as well: the parts, texts and
// numbers, one after the other.
template <typename... Parts>
std::string Concat(const Parts&... parts) {
  const auto piece = [](const auto& part) -> decltype(auto) {
    if constexpr (std::is_same_v<std::decay_t<decltype(part)>,
                                 std::string_view>) {
      return ToAbsl(part);
    } else {
      return (part);
    }
  };
  return absl::StrCat(piece(parts)...);
}

// INVALID_ARGUMENT with the parts as its text: a lower-case fragment without a
// full stop, values in single quotes.
template <typename... Parts>
absl::Status InvalidArgument(const Parts&... parts) {
  return absl::InvalidArgumentError(Concat(parts...));
}

// The same status, `context` and ": " before its text: how each layer says
// where it was. `status` is not OK.
inline absl::Status InContext(const absl::Status& status,
                              std::string_view context) {
  return absl::Status(status.code(),
                      Concat(context, ": ", FromAbsl(status.message())));
}

}  // namespace phoenix

#endif  // LIBS_EVENT_TEXT_H_
