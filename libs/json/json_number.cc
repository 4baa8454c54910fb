#include "libs/json/json_number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

namespace phoenix {
namespace {

// Any number of so many digits fits 64 bits.
constexpr size_t kSafeDigits = 18;

JsonNumber ReadLongInteger(std::string_view text) {
  JsonNumber number;
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), number.integer);
  if (result.ec != std::errc()) number.kind = JsonNumber::Kind::kTooLarge;
  return number;
}

JsonNumber ReadDouble(std::string_view text) {
  JsonNumber number{JsonNumber::Kind::kDouble};
  const auto result =
      std::from_chars(text.data(), text.data() + text.size(), number.real);
  // Tiny numbers are "out of range" too, but have a nearest double.
  if (result.ec != std::errc()) {
    number.real = std::strtod(std::string(text).c_str(), nullptr);
  }
  if (!std::isfinite(number.real)) number.kind = JsonNumber::Kind::kTooLarge;
  return number;
}

}  // namespace

JsonNumber ReadNumber(std::string_view text) {
  const bool negative = text.front() == '-';
  int64_t value = 0;
  for (size_t i = negative; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned char>(text[i] - '0');
    if (digit > 9) return ReadDouble(text);
    if (i < kSafeDigits) value = 10 * value + digit;
  }
  if (text.size() > kSafeDigits) return ReadLongInteger(text);
  return {JsonNumber::Kind::kInt, negative ? -value : value};
}

bool AppendDouble(std::string& out, double value) {
  if (!std::isfinite(value)) return false;
  char text[32];
  const auto result = std::to_chars(text, text + sizeof text, value);
  const std::string_view written(text, static_cast<size_t>(result.ptr - text));
  out += written;
  if (written.find_first_of(".e") == std::string_view::npos) out += ".0";
  return true;
}

}  // namespace phoenix
