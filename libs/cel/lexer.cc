#include "libs/cel/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

constexpr std::string_view kReservedWords[] = {
    "as",        "break",  "const",  "continue", "else", "for",
    "function",  "if",     "import", "let",      "loop", "package",
    "namespace", "return", "var",    "void",     "while"};

constexpr std::string_view kLiteralKeywords[] = {"true", "false", "null"};

// Longer symbols first, so that "<=" is not read as "<".
constexpr std::string_view kSymbols[] = {
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
    "%",  "!",  "?",  ":",  ".",  ",",  "(", ")", "[", "]", "{", "}"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool IsNameCharacter(char c) { return IsNameStart(c) || IsDigit(c); }

bool IsQuotedNameCharacter(char c) {
  return IsNameCharacter(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

template <size_t N>
bool Contains(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

class Lexer {
 public:
  Lexer(const Source& source, std::vector<Issue>* issues)
      : source_(source), text_(source.text()), issues_(issues) {}

  std::vector<Token> Run() {
    for (SkipSpace(); at_ < text_.size(); SkipSpace()) ReadToken();
    Emit(TokenKind::kEnd, at_);
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void SkipSpace() {
    constexpr std::string_view kSpace = " \t\n\f\r";
    while (at_ < text_.size()) {
      if (kSpace.find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  void Emit(TokenKind kind, size_t begin) {
    tokens_.push_back({kind, static_cast<uint32_t>(begin),
                       static_cast<uint32_t>(at_),
                       text_.substr(begin, at_ - begin)});
  }

  void Fail(size_t begin, std::string message) {
    issues_->push_back(
        {source_.PositionAt(static_cast<uint32_t>(begin)), std::move(message)});
    Emit(TokenKind::kInvalid, begin);
  }

  void ReadToken();
  void ReadName();
  void ReadQuotedName();
  void ReadNumber();
  void ReadString(size_t prefix);
  void ReadSymbol();
  void FinishString(TokenKind kind, size_t begin, std::string_view quote,
                    bool raw);
  size_t StringPrefix() const;
  bool SkipExponent();
  void SkipDigits() {
    while (IsDigit(Peek())) ++at_;
  }

  const Source& source_;
  const std::string_view text_;
  std::vector<Issue>* const issues_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

// The length of a string literal's prefix when one begins here (r, b and both
// in any order and case), npos when it is something else.
size_t Lexer::StringPrefix() const {
  bool raw = false;
  bool bytes = false;
  for (size_t i = 0; i < 3; ++i) {
    const char c = Peek(i);
    if (c == '\'' || c == '"') return i;
    bool& seen = (c == 'r' || c == 'R') ? raw : bytes;
    if (seen || std::string_view("rRbB").find(c) == std::string_view::npos ||
        c == '\0') {
      break;
    }
    seen = true;
  }
  return std::string_view::npos;
}

void Lexer::ReadToken() {
  const char c = Peek();
  if (size_t prefix = StringPrefix(); prefix != std::string_view::npos) {
    return ReadString(prefix);
  }
  if (IsNameStart(c)) return ReadName();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ReadNumber();
  if (c == '`') return ReadQuotedName();
  ReadSymbol();
}

void Lexer::ReadName() {
  const size_t begin = at_;
  while (IsNameCharacter(Peek())) ++at_;
  const std::string_view word = text_.substr(begin, at_ - begin);
  TokenKind kind = TokenKind::kIdentifier;
  if (word == "in") kind = TokenKind::kSymbol;
  if (Contains(kReservedWords, word)) kind = TokenKind::kReserved;
  if (Contains(kLiteralKeywords, word)) kind = TokenKind::kLiteralKeyword;
  Emit(kind, begin);
}

void Lexer::ReadQuotedName() {
  const size_t begin = at_++;
  while (IsQuotedNameCharacter(Peek())) ++at_;
  if (Peek() != '`' || at_ == begin + 1) {
    // Goes on behind the name, so that one mistake is one issue.
    const size_t end = text_.find_first_of("`\n", at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    return Fail(begin,
                "invalid name in backticks, expected letters, digits and "
                "_ . - / or space up to a closing backtick");
  }
  ++at_;
  Emit(TokenKind::kQuotedName, begin);
  tokens_.back().text = text_.substr(begin + 1, at_ - begin - 2);
}

bool Lexer::SkipExponent() {
  if (Peek() != 'e' && Peek() != 'E') return false;
  const size_t sign = (Peek(1) == '+' || Peek(1) == '-') ? 1 : 0;
  if (!IsDigit(Peek(1 + sign))) return false;
  at_ += 1 + sign;
  SkipDigits();
  return true;
}

void Lexer::ReadNumber() {
  const size_t begin = at_;
  TokenKind kind = TokenKind::kInt;
  if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X') &&
      IsHexDigit(Peek(2))) {
    at_ += 2;
    while (IsHexDigit(Peek())) ++at_;
  } else {
    SkipDigits();
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      SkipDigits();
      kind = TokenKind::kDouble;
    }
    if (SkipExponent()) kind = TokenKind::kDouble;
  }
  if (kind == TokenKind::kInt && (Peek() == 'u' || Peek() == 'U')) {
    ++at_;
    kind = TokenKind::kUint;
  }
  Emit(kind, begin);
}

void Lexer::ReadString(size_t prefix) {
  const size_t begin = at_;
  bool raw = false;
  TokenKind kind = TokenKind::kString;
  for (; prefix > 0; --prefix, ++at_) {
    if (Peek() == 'r' || Peek() == 'R') raw = true;
    if (Peek() == 'b' || Peek() == 'B') kind = TokenKind::kBytes;
  }
  std::string_view quote = text_.substr(at_, 3);
  if (quote != "'''" && quote != "\"\"\"") quote = quote.substr(0, 1);
  at_ += quote.size();
  FinishString(kind, begin, quote, raw);
}

void Lexer::FinishString(TokenKind kind, size_t begin, std::string_view quote,
                         bool raw) {
  const bool one_line = quote.size() == 1;
  while (at_ < text_.size() && text_.substr(at_, quote.size()) != quote) {
    if (one_line && (Peek() == '\n' || Peek() == '\r')) break;
    at_ += (Peek() == '\\' && !raw) ? 2 : 1;
  }
  at_ = std::min(at_, text_.size());
  if (text_.substr(at_, quote.size()) != quote) {
    return Fail(begin, Cat("unterminated string, expected a closing ", quote));
  }
  at_ += quote.size();
  Emit(kind, begin);
}

void Lexer::ReadSymbol() {
  const size_t begin = at_;
  for (std::string_view symbol : kSymbols) {
    if (text_.substr(at_, symbol.size()) == symbol) {
      at_ += symbol.size();
      return Emit(TokenKind::kSymbol, begin);
    }
  }
  // A whole code point, so that the message shows a character.
  do {
    ++at_;
  } while (at_ < text_.size() && (text_[at_] & 0xC0) == 0x80);
  Fail(begin, Cat("unexpected character '",
                  Escape(text_.substr(begin, at_ - begin), false), "'"));
}

}  // namespace

std::vector<Token> Tokenize(const Source& source, std::vector<Issue>* issues) {
  return Lexer(source, issues).Run();
}

}  // namespace phoenix::cel
