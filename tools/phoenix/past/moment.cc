#include "tools/phoenix/past/moment.h"

#include <string>

#include "absl/strings/numbers.h"
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

// Whether `partition` may be that of the range's offsets.
bool Join(int32_t partition, LogRange& range) {
  if (partition == LogRange::kAllPartitions) return true;
  if (range.partition == LogRange::kAllPartitions) range.partition = partition;
  return range.partition == partition;
}

absl::Status SetBound(std::string_view text, absl::Time now, LogRange& range,
                      int64_t& offset, absl::Time& time) {
  int32_t partition = LogRange::kAllPartitions;
  if (ParseOffset(text, partition, offset)) {
    if (Join(partition, range)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        Cat("'", text, "': is of another partition than the beginning, ",
            range.partition));
  }
  const auto parsed = ParsePastTime(text, now);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        Cat("'", text, "': expected an offset, ", kTimeForms));
  }
  time = *parsed;
  return absl::OkStatus();
}

}  // namespace

bool ParseOffset(std::string_view text, int32_t& partition, int64_t& offset) {
  int32_t in = partition;
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    if (!absl::SimpleAtoi(ToAbsl(text.substr(0, slash)), &in) || in < 0) {
      return false;
    }
    text.remove_prefix(slash + 1);
  }
  int64_t at = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &at) || at < 0) return false;
  partition = in;
  offset = at;
  return true;
}

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
  return SetBound(text, now, range, range.from_offset, range.from_time);
}

absl::Status SetTo(std::string_view text, absl::Time now, LogRange& range) {
  return SetBound(text, now, range, range.to_offset, range.to_time);
}

}  // namespace phoenix
