#include "libs/pipeline/scalar_alignment.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace phoenix {
namespace {

// One piece of the written text that stands for some bytes of the value.
struct Piece {
  size_t written = 1;
  size_t value = 1;
  bool space = false;
};

bool IsSpace(char c) { return absl::ascii_isspace(c); }

// `\u00e4` and its like: the value holds the character's UTF-8.
Piece CodePointEscape(std::string_view text, size_t digits) {
  unsigned code = 0;
  for (size_t i = 2; i < 2 + digits && i < text.size(); ++i) {
    const char c = absl::ascii_tolower(text[i]);
    code = code * 16 + (absl::ascii_isdigit(c) ? c - '0' : c - 'a' + 10);
  }
  const size_t bytes = code < 0x80      ? 1
                       : code < 0x800   ? 2
                       : code < 0x10000 ? 3
                                        : 4;
  return {2 + digits, bytes, code < 0x80 && IsSpace(static_cast<char>(code))};
}

// The piece that begins with the backslash at the start of `text`.
Piece Escape(std::string_view text) {
  if (text.size() < 2) return {};
  switch (text[1]) {
    case 'x':
      return CodePointEscape(text, 2);
    case 'u':
      return CodePointEscape(text, 4);
    case 'U':
      return CodePointEscape(text, 8);
    case 'N':
    case '_':
      return {2, 2, false};
    case 'L':
    case 'P':
      return {2, 3, false};
    case 'n':
    case 't':
    case 'r':
    case 'v':
    case 'f':
      return {2, 1, true};
    default:
      return {2, 1, IsSpace(text[1])};
  }
}

// Walks the written form of a scalar from its first character on.
class ScalarText {
 public:
  ScalarText(std::string_view file, size_t begin)
      : file_(file), at_(std::min(begin, file.size())) {
    SkipProperties();
    if (at_ == file_.size()) return;
    const char first = file_[at_];
    if (first == '"' || first == '\'') {
      quote_ = first;
      ++at_;
    } else if (first == '|' || first == '>') {
      at_ = std::min(file_.find('\n', at_), file_.size());
    }
  }

  size_t at() const { return at_; }

  Piece Peek() const {
    const std::string_view rest = file_.substr(at_);
    if (rest.empty()) return {0, 0, false};
    if (quote_ == '"' && rest[0] == '\\') return Escape(rest);
    if (quote_ == '\'' && rest.substr(0, 2) == "''") return {2, 1, false};
    return {1, 1, IsSpace(rest[0])};
  }

  void Skip(const Piece& piece) {
    at_ = std::min(at_ + piece.written, file_.size());
  }

  void SkipSpace() {
    for (Piece p = Peek(); p.written > 0 && p.space; p = Peek()) Skip(p);
  }

 private:
  // Anchors and tags stand before the scalar itself.
  void SkipProperties() {
    while (at_ < file_.size() && (file_[at_] == '&' || file_[at_] == '!')) {
      while (at_ < file_.size() && !IsSpace(file_[at_])) ++at_;
      while (at_ < file_.size() && IsSpace(file_[at_])) ++at_;
    }
  }

  std::string_view file_;
  size_t at_;
  char quote_ = 0;
};

}  // namespace

size_t AlignScalarOffset(std::string_view file, size_t begin,
                         std::string_view value, size_t offset) {
  ScalarText text(file, begin);
  size_t done = 0;
  while (done < offset && done < value.size()) {
    if (IsSpace(value[done])) {
      const size_t start = done;
      while (done < value.size() && IsSpace(value[done])) ++done;
      if (done > offset) return text.at() + (offset - start);
      continue;
    }
    text.SkipSpace();
    const Piece piece = text.Peek();
    if (piece.written == 0 || done + piece.value > offset) return text.at();
    text.Skip(piece);
    done += piece.value;
  }
  // At the end of the value nothing follows; before it, a character does.
  if (done < value.size() && !IsSpace(value[done])) text.SkipSpace();
  return text.at();
}

}  // namespace phoenix
