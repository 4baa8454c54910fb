#include "libs/pipeline/scalar_text.h"

#include <charconv>
#include <cmath>
#include <system_error>

namespace phoenix {
namespace {

// What google.protobuf.Duration can say.
constexpr absl::Duration kMaxDuration = absl::Seconds(315'360'000'000);

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  Number number{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

// Days are not Abseil's: a day is not always 24 hours, here it is.
std::optional<absl::Duration> ParseDays(std::string_view text) {
  text.remove_suffix(1);
  const std::optional<double> days = ParseNumber(text);
  if (!days.has_value()) return std::nullopt;
  return absl::Hours(24) * *days;
}

}  // namespace

std::optional<bool> ParseBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  return Parse<int64_t>(text);
}

std::optional<double> ParseNumber(std::string_view text) {
  const std::optional<double> number = Parse<double>(text);
  if (!number.has_value() || !std::isfinite(*number)) return std::nullopt;
  return number;
}

std::string FormatNumber(double number) {
  char digits[64];
  char* const end = digits + sizeof(digits);
  // Doubles count in ones up to here.
  const bool whole = number == std::trunc(number) && std::abs(number) < 0x1p53;
  const auto result = whole ? std::to_chars(digits, end, std::llround(number))
                            : std::to_chars(digits, end, number);
  return std::string(digits, result.ptr);
}

std::optional<absl::Duration> ParseDuration(std::string_view text) {
  absl::Duration duration;
  if (EndsWith(text, "d")) {
    const std::optional<absl::Duration> days = ParseDays(text);
    if (!days.has_value()) return std::nullopt;
    duration = *days;
  } else if (!absl::ParseDuration(std::string(text), &duration)) {
    return std::nullopt;
  }
  if (duration < absl::ZeroDuration() || duration > kMaxDuration) {
    return std::nullopt;
  }
  return duration;
}

}  // namespace phoenix
