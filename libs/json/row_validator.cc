#include "libs/json/row_validator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace phoenix {
namespace {

using Expected = JsonFault::Expected;

// Characters that may follow a number or a literal.
constexpr std::array<bool, 256> kEndsScalar = [] {
  std::array<bool, 256> table{};
  for (unsigned char c : {' ', '\t', '\n', '\r', ',', ':', '{', '}', '[', ']'})
    table[c] = true;
  return table;
}();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool EndsScalar(const char* p, const char* end) {
  return p == end || kEndsScalar[static_cast<unsigned char>(*p)];
}

const char* SkipDigits(const char* p, const char* end) {
  while (p != end && IsDigit(*p)) ++p;
  return p;
}

// The end of the digits from `p`, null when there are none.
const char* Digits(const char* p, const char* end) {
  const char* after = SkipDigits(p, end);
  return after == p ? nullptr : after;
}

bool IsNumber(const char* p, const char* end) {
  if (*p == '-') ++p;
  if (p != end && *p == '0') {
    ++p;
  } else {
    p = Digits(p, end);
    if (p == nullptr) return false;
  }
  if (p != end && *p == '.') {
    p = Digits(p + 1, end);
    if (p == nullptr) return false;
  }
  if (p != end && (*p | 0x20) == 'e') {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    p = Digits(p, end);
    if (p == nullptr) return false;
  }
  return EndsScalar(p, end);
}

// Whether the literal of `size` characters with these last ones stands at `p`;
// the first is known.
bool IsLiteral(const char* p, const char* end, size_t size,
               const char (&last_four)[5]) {
  return static_cast<size_t>(end - p) >= size &&
         std::memcmp(p + size - 4, last_four, 4) == 0 &&
         EndsScalar(p + size, end);
}

// What is wrong with the number or literal at `p`, if anything.
std::optional<Expected> CheckScalar(const char* p, const char* end,
                                    Expected otherwise) {
  bool valid = true;
  Expected expected = Expected::kLiteral;
  switch (*p) {
    case 'n':
      valid = IsLiteral(p, end, 4, "null");
      break;
    case 't':
      valid = IsLiteral(p, end, 4, "true");
      break;
    case 'f':
      valid = IsLiteral(p, end, 5, "alse");
      break;
    default:
      if (!IsDigit(*p) && *p != '-') return otherwise;
      expected = Expected::kNumber;
      valid = IsNumber(p, end);
  }
  if (valid) return std::nullopt;
  return expected;
}

// Walks the tokens of one text. Containers that are open are kept as one flag
// a level, so that the walk needs neither recursion nor memory. Functions take
// the token to read and return the one after what they read, null after a
// failure: a position in a member would be stored and loaded at every token.
class TokenWalk {
 public:
  using Token = const uint32_t*;

  TokenWalk(const char* text, absl::Span<const uint32_t> tokens, uint32_t end,
            JsonFault& fault)
      : text_(text),
        end_(end),
        last_(tokens.data() + tokens.size()),
        fault_(fault) {}

  Token Text(Token next) {
    next = Value(next);
    if (next == nullptr) return nullptr;
    if (next < last_ && *next < end_) return Fail(next, Expected::kEndOfText);
    // A text that is cut off may seem to be completed by what follows it.
    return next[-1] < end_ ? next : Fail(next, Expected::kEndOfText);
  }

 private:
  char At(Token token) const { return token < last_ ? text_[*token] : '\0'; }

  Token Fail(Token token, Expected expected) {
    fault_.expected = expected;
    fault_.offset = token < last_ ? std::min(*token, end_) : end_;
    return nullptr;
  }

  Token Value(Token next) {
    Expected expected = Expected::kValue;
    for (;;) {
      const char c = At(next);
      if (c == '{' || c == '[') {
        if (!Push(c == '{')) return Fail(next, Expected::kLessDepth);
        ++next;
        if (At(next) != Closer()) {
          expected = in_object_ ? Expected::kValue : Expected::kValueOrArrayEnd;
          if (in_object_) next = Key(next, Expected::kKeyOrObjectEnd);
          if (next == nullptr) return nullptr;
          continue;
        }
      } else {
        next = c == '"' ? next + 1 : Scalar(next, expected);
        if (next == nullptr) return nullptr;
      }
      expected = Expected::kValue;
      next = CloseContainers(next);
      if (next == nullptr || depth_ == 0) return next;
    }
  }

  // After a value: closes what ends here and steps to the next value if any.
  Token CloseContainers(Token next) {
    while (depth_ > 0) {
      const char c = At(next);
      if (c == ',')
        return in_object_ ? Key(next + 1, Expected::kKey) : next + 1;
      if (c != Closer()) {
        return Fail(next, in_object_ ? Expected::kCommaOrObjectEnd
                                     : Expected::kCommaOrArrayEnd);
      }
      Pop();
      ++next;
    }
    return next;
  }

  Token Key(Token next, Expected expected) {
    if (At(next) != '"') return Fail(next, expected);
    if (At(next + 1) != ':') return Fail(next + 1, Expected::kColon);
    return next + 2;
  }

  Token Scalar(Token next, Expected otherwise) {
    if (next >= last_ || *next >= end_) return Fail(next, otherwise);
    const auto wrong = CheckScalar(text_ + *next, text_ + end_, otherwise);
    return wrong.has_value() ? Fail(next, *wrong) : next + 1;
  }

  char Closer() const { return in_object_ ? '}' : ']'; }

  bool Push(bool object) {
    if (depth_ == kMaxJsonDepth) return false;
    outer_[depth_++] = in_object_;
    in_object_ = object;
    return true;
  }

  void Pop() { in_object_ = outer_[--depth_]; }

  const char* text_;
  uint32_t end_;
  Token last_;
  JsonFault& fault_;
  uint32_t depth_ = 0;
  bool in_object_ = false;
  bool outer_[kMaxJsonDepth];
};

}  // namespace

size_t ValidateTokens(const char* text, absl::Span<const uint32_t> tokens,
                      uint32_t end, JsonFault& fault) {
  const uint32_t* first = tokens.data();
  const uint32_t* after = TokenWalk(text, tokens, end, fault).Text(first);
  return after == nullptr ? 0 : static_cast<size_t>(after - first);
}

}  // namespace phoenix
