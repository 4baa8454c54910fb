#include "libs/json/row_validator.h"

#include <algorithm>
#include <array>
#include <cstring>

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

bool IsLiteral(const char* p, const char* end, std::string_view literal) {
  return static_cast<size_t>(end - p) >= literal.size() &&
         std::memcmp(p, literal.data(), literal.size()) == 0 &&
         EndsScalar(p + literal.size(), end);
}

// Walks the tokens of one text. Containers that are open are kept as one flag
// a level, so that the walk needs neither recursion nor memory.
class TokenWalk {
 public:
  TokenWalk(const char* text, absl::Span<const uint32_t> tokens, uint32_t end,
            JsonFault& fault)
      : text_(text), tokens_(tokens), end_(end), fault_(fault) {}

  size_t Run() {
    if (!Walk()) return 0;
    if (next_ < tokens_.size() && tokens_[next_] < end_) {
      return Fail(Expected::kEndOfText), 0;
    }
    // A text that is cut off may seem to be completed by what follows it.
    return tokens_[next_ - 1] < end_ ? next_ : 0;
  }

 private:
  char Peek() const {
    return next_ < tokens_.size() ? text_[tokens_[next_]] : '\0';
  }

  bool Fail(Expected expected) {
    const bool at_end = next_ >= tokens_.size() || tokens_[next_] >= end_;
    fault_ = {expected, at_end ? end_ : tokens_[next_]};
    return false;
  }

  bool Push(bool object) {
    if (depth_ == kMaxJsonDepth) return Fail(Expected::kLessDepth);
    outer_[depth_++] = in_object_;
    in_object_ = object;
    ++next_;
    return true;
  }

  void Pop() {
    in_object_ = outer_[--depth_];
    ++next_;
  }

  bool Key(Expected expected) {
    if (Peek() != '"') return Fail(expected);
    ++next_;
    if (Peek() != ':') return Fail(Expected::kColon);
    ++next_;
    return true;
  }

  bool Scalar(char first, Expected expected) {
    const uint32_t offset = next_ < tokens_.size() ? tokens_[next_] : end_;
    if (offset >= end_) return Fail(expected);
    const char* p = text_ + offset;
    const char* end = text_ + end_;
    if (IsDigit(first) || first == '-') {
      if (!IsNumber(p, end)) return Fail(Expected::kNumber);
    } else if (first == 't' || first == 'f' || first == 'n') {
      const std::string_view literal = first == 't'   ? "true"
                                       : first == 'f' ? "false"
                                                      : "null";
      if (!IsLiteral(p, end, literal)) return Fail(Expected::kLiteral);
    } else {
      return Fail(expected);
    }
    ++next_;
    return true;
  }

  // Reads up to the end of the outermost value.
  bool Walk() {
    Expected value = Expected::kValue;
    for (;;) {
      const char c = Peek();
      if (c == '"') {
        ++next_;
      } else if (c == '{') {
        if (!Push(true)) return false;
        if (Peek() == '}') {
          Pop();
        } else {
          if (!Key(Expected::kKeyOrObjectEnd)) return false;
          value = Expected::kValue;
          continue;
        }
      } else if (c == '[') {
        if (!Push(false)) return false;
        if (Peek() == ']') {
          Pop();
        } else {
          value = Expected::kValueOrArrayEnd;
          continue;
        }
      } else if (!Scalar(c, value)) {
        return false;
      }
      value = Expected::kValue;
      if (!CloseContainers()) return false;
      if (depth_ == 0) return true;
    }
  }

  // After a value: closes what ends here and steps to the next value if any.
  bool CloseContainers() {
    while (depth_ > 0) {
      const char c = Peek();
      if (c == ',') {
        ++next_;
        return !in_object_ || Key(Expected::kKey);
      }
      if (c != (in_object_ ? '}' : ']')) {
        return Fail(in_object_ ? Expected::kCommaOrObjectEnd
                               : Expected::kCommaOrArrayEnd);
      }
      Pop();
    }
    return true;
  }

  const char* text_;
  absl::Span<const uint32_t> tokens_;
  uint32_t end_;
  JsonFault& fault_;
  size_t next_ = 0;
  uint32_t depth_ = 0;
  bool in_object_ = false;
  bool outer_[kMaxJsonDepth];
};

}  // namespace

size_t ValidateTokens(const char* text, absl::Span<const uint32_t> tokens,
                      uint32_t end, JsonFault& fault) {
  const size_t count = TokenWalk(text, tokens, end, fault).Run();
  if (count > 0) return count;
  // Once more without what follows, to blame what the text itself lacks.
  const auto* own_end = std::lower_bound(tokens.begin(), tokens.end(), end);
  const size_t own_size = own_end - tokens.begin();
  return TokenWalk(text, tokens.first(own_size), end, fault).Run();
}

}  // namespace phoenix
