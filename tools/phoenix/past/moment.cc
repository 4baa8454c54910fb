#include "tools/phoenix/past/moment.h"

#include <cstdint>
#include <string>
#include <variant>

#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr std::string_view kTimeForms =
    "a time as '2026-05-01T12:00:00Z', a day as '2026-05-01', or how long ago, "
    "as '90s', '15m', '2h' or '7d'";

// `7d` beside what Abseil knows.
bool ParseAge(std::string_view text, absl::Duration& age) {
  int64_t days = 0;
  if (!text.empty() && text.back() == 'd' &&
      absl::SimpleAtoi(ToAbsl(text.substr(0, text.size() - 1)), &days)) {
    age = absl::Hours(24) * days;
  } else if (!absl::ParseDuration(ToAbsl(text), &age)) {
    return false;
  }
  return age >= absl::ZeroDuration() && age < absl::InfiniteDuration();
}

std::variant<std::monostate, int64_t, absl::Time> ParseMoment(
    std::string_view text, absl::Time now) {
  int64_t offset = 0;
  if (absl::SimpleAtoi(ToAbsl(text), &offset) && offset >= 0) return offset;
  const auto time = ParsePastTime(text, now);
  if (time.ok()) return *time;
  return {};
}

absl::Status SetBound(std::string_view text, absl::Time now, int64_t& offset,
                      absl::Time& time) {
  const auto moment = ParseMoment(text, now);
  if (const auto* number = std::get_if<int64_t>(&moment)) {
    offset = *number;
  } else if (const auto* at = std::get_if<absl::Time>(&moment)) {
    time = *at;
  } else {
    return absl::InvalidArgumentError(
        Cat("'", text, "': expected an offset, ", kTimeForms));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::Time> ParsePastTime(std::string_view text,
                                         absl::Time now) {
  absl::Time time;
  std::string why;
  if (absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, &why) ||
      absl::ParseTime("%Y-%m-%d", ToAbsl(text), &time, &why)) {
    return time;
  }
  absl::Duration age;
  if (ParseAge(text, age)) return now - age;
  return absl::InvalidArgumentError(Cat("'", text, "': expected ", kTimeForms));
}

absl::Status SetFrom(std::string_view text, absl::Time now, LogRange& range) {
  return SetBound(text, now, range.from_offset, range.from_time);
}

absl::Status SetTo(std::string_view text, absl::Time now, LogRange& range) {
  return SetBound(text, now, range.to_offset, range.to_time);
}

}  // namespace phoenix
