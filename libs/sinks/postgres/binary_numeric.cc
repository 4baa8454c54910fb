#include "libs/sinks/postgres/binary_numeric.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "libs/sinks/postgres/big_endian.h"

namespace phoenix {
namespace {

constexpr int64_t kMaxIntegerDigits = 131'072;
constexpr int64_t kMaxScale = 16'383;
constexpr int kDigitsPerGroup = 4;
constexpr uint16_t kNegative = 0x4000;

// A number as its digits, a point perhaps among them, times ten to `exponent`.
struct Decimal {
  bool negative = false;
  std::string_view digits;
  int64_t integer_digits = 0;
  int64_t fraction_digits = 0;
  int64_t exponent = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t CountDigits(std::string_view text) {
  return std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin();
}

bool ReadExponent(std::string_view text, int64_t& exponent) {
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.empty() || !IsDigit(text[0])) return false;
  }
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, exponent);
  // A bound that lets sums with it not overflow.
  return read.ec == std::errc() && read.ptr == end && exponent > -1'000'000 &&
         exponent < 1'000'000;
}

std::optional<Decimal> ReadDecimal(std::string_view text) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t integer = CountDigits(text);
  size_t end = integer;
  if (end < text.size() && text[end] == '.') {
    const size_t fraction = CountDigits(text.substr(end + 1));
    decimal.fraction_digits = static_cast<int64_t>(fraction);
    end += 1 + fraction;
  }
  decimal.digits = text.substr(0, end);
  decimal.integer_digits = static_cast<int64_t>(integer);
  if (decimal.integer_digits + decimal.fraction_digits == 0 ||
      !ReadExponent(text.substr(end), decimal.exponent)) {
    return std::nullopt;
  }
  return decimal;
}

int64_t FloorDivide(int64_t value, int64_t by) {
  return value >= 0 ? value / by : -((by - 1 - value) / by);
}

// Appends the groups of four digits; `missing` digits of the first one are
// zero. Returns how many, without those at the end that are zero.
int16_t AppendGroups(std::string_view digits, int missing, std::string& out) {
  const size_t begin = out.size();
  size_t end = begin;
  int count = missing;
  int16_t group = 0;
  const auto finish = [&] {
    AppendBigEndian(group, out);
    if (group != 0) end = out.size();
    group = 0;
    count = 0;
  };
  for (char c : digits) {
    if (c == '.') continue;
    group = static_cast<int16_t>(group * 10 + (c - '0'));
    if (++count == kDigitsPerGroup) finish();
  }
  if (count > 0) {
    for (; count < kDigitsPerGroup; ++count) {
      group = static_cast<int16_t>(group * 10);
    }
    finish();
  }
  out.resize(end);
  return static_cast<int16_t>((end - begin) / sizeof(int16_t));
}

void AppendHeader(int16_t groups, int64_t weight, uint16_t sign, int64_t scale,
                  std::string& out) {
  AppendBigEndian(groups, out);
  AppendBigEndian(static_cast<int16_t>(weight), out);
  AppendBigEndian(sign, out);
  AppendBigEndian(static_cast<int16_t>(scale), out);
}

}  // namespace

bool AppendBinaryNumeric(std::string_view text, std::string& out) {
  const std::optional<Decimal> decimal = ReadDecimal(text);
  if (!decimal.has_value()) return false;
  const int64_t scale =
      std::max<int64_t>(0, decimal->fraction_digits - decimal->exponent);
  if (scale > kMaxScale) return false;
  const size_t first = decimal->digits.find_first_not_of("0.");
  if (first == std::string_view::npos) {
    AppendHeader(0, 0, 0, scale, out);
    return true;
  }
  // Of the digits before the point, were there no zeros in front.
  const auto at = static_cast<int64_t>(first);
  const int64_t before_point = decimal->exponent + decimal->integer_digits -
                               at + (at > decimal->integer_digits ? 1 : 0);
  if (before_point > kMaxIntegerDigits) return false;
  const int64_t weight = FloorDivide(before_point - 1, kDigitsPerGroup);
  const auto missing =
      static_cast<int>(kDigitsPerGroup * (weight + 1) - before_point);
  const size_t begin = out.size();
  AppendHeader(0, weight, decimal->negative ? kNegative : 0, scale, out);
  PutBigEndian(AppendGroups(decimal->digits.substr(first), missing, out), begin,
               out);
  return true;
}

}  // namespace phoenix
