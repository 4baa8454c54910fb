#ifndef LIBS_CEL_TEXT_H_
#define LIBS_CEL_TEXT_H_

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace phoenix::cel {

// One argument of Cat(): a text or an integer. It borrows a text, so it must
// not outlive the expression that makes it.
class TextPiece {
 public:
  TextPiece(std::string_view text) : text_(text) {}
  TextPiece(const std::string& text) : text_(text) {}
  TextPiece(const char* text) : text_(text) {}
  TextPiece(std::integral auto number) {
    auto result = std::to_chars(digits_, digits_ + sizeof(digits_), number);
    text_ = {digits_, static_cast<size_t>(result.ptr - digits_)};
  }
  TextPiece(const TextPiece&) = delete;
  TextPiece& operator=(const TextPiece&) = delete;

  std::string_view text() const { return text_; }

 private:
  char digits_[24];
  std::string_view text_;
};

inline void AppendPieces(std::string& out,
                         std::initializer_list<std::string_view> pieces) {
  size_t size = out.size();
  for (std::string_view piece : pieces) size += piece.size();
  out.reserve(size);
  for (std::string_view piece : pieces) out.append(piece);
}

// Appends texts and integers to `out`. Debian's absl::StrCat does not take
// std::string_view, which is what this library's interfaces use.
template <typename... Args>
void CatTo(std::string& out, const Args&... args) {
  AppendPieces(out, {TextPiece(args).text()...});
}

template <typename... Args>
std::string Cat(const Args&... args) {
  std::string out;
  CatTo(out, args...);
  return out;
}

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
