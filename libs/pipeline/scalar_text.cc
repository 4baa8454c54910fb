#include "libs/pipeline/scalar_text.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "libs/pipeline/cat.h"

namespace phoenix {
namespace {

struct Unit {
  std::string_view name;
  int64_t bytes;
};

constexpr Unit kUnits[] = {
    {"TiB", int64_t{1} << 40},
    {"GiB", int64_t{1} << 30},
    {"MiB", int64_t{1} << 20},
    {"KiB", int64_t{1} << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"KB", 1'000},
    {"B", 1},
};

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

std::optional<int64_t> ParseBytes(std::string_view text) {
  int64_t unit_bytes = 1;
  for (const Unit& unit : kUnits) {
    if (!EndsWith(text, unit.name)) continue;
    unit_bytes = unit.bytes;
    text.remove_suffix(unit.name.size());
    while (EndsWith(text, " ")) text.remove_suffix(1);
    break;
  }
  const std::optional<int64_t> count = ParseInteger(text);
  int64_t bytes = 0;
  if (!count.has_value() ||
      __builtin_mul_overflow(*count, unit_bytes, &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

std::string FormatBytes(int64_t bytes) {
  for (const Unit& unit : kUnits) {
    const bool binary = unit.name.size() == 3 || unit.bytes == 1;
    if (binary && bytes != 0 && bytes % unit.bytes == 0) {
      return Cat(bytes / unit.bytes, unit.name);
    }
  }
  return Cat(bytes, "B");
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
