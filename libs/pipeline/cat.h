#ifndef LIBS_PIPELINE_CAT_H_
#define LIBS_PIPELINE_CAT_H_

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace phoenix {
namespace cat_internal {

inline void Append(std::string& text, std::string_view piece) {
  text.append(piece);
}

// Numbers in their shortest form.
template <typename Number>
requires std::integral<Number> || std::floating_point<Number>
void Append(std::string& text, Number number) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  text.append(digits, end);
}

}  // namespace cat_internal

// The pieces, strings and numbers, one behind the other. (Debian's Abseil has a
// string_view of its own, so that absl::StrCat does not take std::string_view.)
template <typename... Pieces>
std::string Cat(const Pieces&... pieces) {
  std::string text;
  (cat_internal::Append(text, pieces), ...);
  return text;
}

// Appends the pieces to `text`.
template <typename... Pieces>
void CatAppend(std::string& text, const Pieces&... pieces) {
  (cat_internal::Append(text, pieces), ...);
}

}  // namespace phoenix

#endif  // LIBS_PIPELINE_CAT_H_
