#ifndef LIBS_CEL_TEXT_H_
#define LIBS_CEL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace phoenix::cel {

// The items' texts with `by` between them; `text_of` gives an item's text.
template <typename Range, typename TextOf>
std::string Join(const Range& range, std::string_view by, TextOf text_of) {
  std::string out;
  bool first = true;
  for (const auto& item : range) {
    if (!first) out.append(by);
    first = false;
    out.append(text_of(item));
  }
  return out;
}

// Appends a code point as UTF-8. Precondition: a valid code point.
void AppendUtf8(std::string& out, char32_t code_point);

// Whether `text` is well-formed UTF-8: no overlong form, no surrogate.
bool IsValidUtf8(std::string_view text);

// Number of code points in valid UTF-8.
size_t CountCodePoints(std::string_view text);

// The text with quotes, backslashes, control characters and, where
// `ascii_only`, all bytes above 0x7E escaped as CEL reads them.
std::string Escape(std::string_view text, bool ascii_only);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TEXT_H_
