#include "libs/cel/literals.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/charconv.h"
#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

constexpr uint64_t kInt64MinMagnitude = uint64_t{1} << 63;

std::optional<uint64_t> DecodeMagnitude(std::string_view digits) {
  int base = 10;
  if (digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X')) {
    digits.remove_prefix(2);
    base = 16;
  }
  uint64_t value = 0;
  auto result = std::from_chars(digits.data(), digits.data() + digits.size(),
                                value, base);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

// The character that a one-letter escape stands for, '\0' for none.
char SimpleEscape(char letter) {
  constexpr std::string_view kLetters = "abfnrtv\\?\"'`";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
  const size_t index = kLetters.find(letter);
  return index == std::string_view::npos ? '\0' : kMeanings[index];
}

class TextDecoder {
 public:
  TextDecoder(std::string_view literal, LiteralError* error)
      : literal_(literal), error_(error) {}

  std::optional<std::string> Decode() {
    const size_t end = ReadQuotes();
    if (raw_) return std::string(literal_.substr(at_, end - at_));
    while (at_ < end) {
      if (literal_[at_] != '\\') {
        out_.push_back(literal_[at_++]);
      } else if (!DecodeEscape(end)) {
        return std::nullopt;
      }
    }
    return std::move(out_);
  }

 private:
  // Moves behind the opening quote; returns where the closing one begins.
  size_t ReadQuotes() {
    for (; literal_[at_] != '\'' && literal_[at_] != '"'; ++at_) {
      if (literal_[at_] == 'r' || literal_[at_] == 'R') raw_ = true;
      if (literal_[at_] == 'b' || literal_[at_] == 'B') bytes_ = true;
    }
    const std::string_view body = literal_.substr(at_);
    const bool triple =
        body.size() >= 6 && body[0] == body[1] && body[1] == body[2];
    const size_t quote = triple ? 3 : 1;
    at_ += quote;
    return literal_.size() - quote;
  }

  bool DecodeEscape(size_t end) {
    const char letter = at_ + 1 < end ? literal_[at_ + 1] : '\0';
    if (const char meaning = SimpleEscape(letter); meaning != '\0') {
      out_.push_back(meaning);
      at_ += 2;
      return true;
    }
    switch (letter) {
      case 'x':
      case 'X':
        return DecodeNumber(end, 2, 2, 16, false);
      case 'u':
        return DecodeNumber(end, 2, 4, 16, true);
      case 'U':
        return DecodeNumber(end, 2, 8, 16, true);
      case '0':
      case '1':
      case '2':
      case '3':
        return DecodeNumber(end, 1, 3, 8, false);
      default:
        return Fail(
            "invalid escape, expected one of \\a \\b \\f \\n \\r \\t "
            "\\v \\\\ \\? \\\" \\' \\` \\xHH \\uHHHH \\UHHHHHHHH or "
            "three octal digits");
    }
  }

  // Decodes `digits` digits that begin `skip` bytes from here.
  bool DecodeNumber(size_t end, size_t skip, size_t digits, int base,
                    bool unicode) {
    if (unicode && bytes_) return Fail("\\u is not allowed in bytes");
    if (at_ + skip + digits > end) return FailDigits(digits, base);
    const char* begin = literal_.data() + at_ + skip;
    uint32_t code = 0;
    auto result = std::from_chars(begin, begin + digits, code, base);
    if (result.ec != std::errc() || result.ptr != begin + digits) {
      return FailDigits(digits, base);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      return Fail("invalid code point in escape");
    }
    if (bytes_) {
      out_.push_back(static_cast<char>(code));
    } else {
      AppendUtf8(out_, code);
    }
    at_ += skip + digits;
    return true;
  }

  bool FailDigits(size_t digits, int base) {
    return Fail(Cat("invalid escape, expected ", digits,
                    base == 8 ? " octal digits" : " hexadecimal digits"));
  }

  bool Fail(std::string message) {
    *error_ = {at_, std::move(message)};
    return false;
  }

  const std::string_view literal_;
  LiteralError* const error_;
  size_t at_ = 0;
  bool raw_ = false;
  bool bytes_ = false;
  std::string out_;
};

}  // namespace

std::optional<std::string> DecodeText(std::string_view literal,
                                      LiteralError* error) {
  return TextDecoder(literal, error).Decode();
}

std::optional<int64_t> DecodeInt(std::string_view literal, bool negative) {
  const std::optional<uint64_t> magnitude = DecodeMagnitude(literal);
  if (!magnitude.has_value()) return std::nullopt;
  const uint64_t limit = negative ? kInt64MinMagnitude : kInt64MinMagnitude - 1;
  if (*magnitude > limit) return std::nullopt;
  return static_cast<int64_t>(negative ? 0 - *magnitude : *magnitude);
}

std::optional<uint64_t> DecodeUint(std::string_view literal) {
  literal.remove_suffix(1);
  return DecodeMagnitude(literal);
}

std::optional<double> DecodeDouble(std::string_view literal) {
  double value = 0;
  const char* end = literal.data() + literal.size();
  // Unlike std::from_chars it tells too large from too small.
  const auto result = absl::from_chars(literal.data(), end, value);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (result.ec == std::errc::result_out_of_range && std::abs(value) > 1) {
    return std::nullopt;
  }
  return value;
}

}  // namespace phoenix::cel
