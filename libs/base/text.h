#ifndef LIBS_BASE_TEXT_H_
#define LIBS_BASE_TEXT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace phoenix {

// Debian builds Abseil with a string_view of its own; these bridge to it. The
// views last as long as the bytes that were given.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view FromAbsl(absl::string_view text) {
  return {text.data(), text.size()};
}

namespace text_internal {

template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(value);
  } else {
    return (value);
  }
}

}  // namespace text_internal

// absl::StrCat for all that it takes and for std::string_view.
template <typename... Args>
std::string Cat(const Args&... args) {
  return absl::StrCat(text_internal::Piece(args)...);
}

// Appends the same to `out`, which must not be among the arguments.
template <typename... Args>
void CatTo(std::string& out, const Args&... args) {
  absl::StrAppend(&out, text_internal::Piece(args)...);
}

}  // namespace phoenix

#endif  // LIBS_BASE_TEXT_H_
