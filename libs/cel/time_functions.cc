#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/time_range.h"

namespace phoenix::cel {
namespace {

using Args = absl::Span<const Value>;

// Reads one component of a time in some zone.
using Selector = int64_t (*)(const absl::TimeZone::CivilInfo&);

Value Unreadable(CallContext& context, std::string_view text,
                 std::string_view expected) {
  return context.Error(
      ErrorCode::kInvalidArgument,
      Cat("can't read '", text.substr(0, 40), "', expected ", expected));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether every character is a digit where `shape` has '0', and the same
// where it has something else; 'T' and 'Z' stand for small letters too.
bool HasShape(std::string_view text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool same = text[i] == shape[i] || (text[i] ^ 0x20) == shape[i];
    if (shape[i] == '0' ? !IsDigit(text[i]) : !same) return false;
  }
  return true;
}

// RFC 3339. The parser of Abseil is laxer, so the shape is checked before.
std::optional<absl::Time> ReadTimestamp(std::string_view text) {
  if (!HasShape(text, "0000-00-00T00:00:00")) return std::nullopt;
  std::string_view zone = text.substr(19);
  if (!zone.empty() && zone[0] == '.') {
    size_t digits = 1;
    while (digits < zone.size() && IsDigit(zone[digits])) ++digits;
    if (digits == 1) return std::nullopt;
    zone.remove_prefix(digits);
  }
  const bool is_utc = zone == "Z" || zone == "z";
  const bool is_offset = zone.size() == 6 &&
                         (HasShape(zone, "+00:00") || HasShape(zone, "-00:00"));
  if (!is_utc && !is_offset) return std::nullopt;
  absl::Time time;
  std::string error;
  const absl::string_view input(text.data(), text.size());
  if (!absl::ParseTime(absl::RFC3339_full, input, &time, &error)) {
    return std::nullopt;
  }
  return time;
}

Value TimestampFromString(CallContext& context, Args args) {
  const std::string_view text = args[0].string_value();
  std::optional<absl::Time> time = ReadTimestamp(text);
  if (!time.has_value()) {
    return Unreadable(context, text,
                      "a time such as 2009-02-13T23:31:30.5Z (RFC 3339)");
  }
  return MakeTimestamp(context, *time);
}

Value TimestampFromInt(CallContext& context, Args args) {
  return MakeTimestamp(context, absl::FromUnixSeconds(args[0].int_value()));
}

Value DurationFromString(CallContext& context, Args args) {
  const std::string_view text = args[0].string_value();
  absl::Duration duration;
  const absl::string_view input(text.data(), text.size());
  // Abseil reads "inf" as well.
  if (text.find("inf") != std::string_view::npos ||
      !absl::ParseDuration(input, &duration)) {
    return Unreadable(context, text, "a duration such as 1h30m or 1.5s");
  }
  return MakeDuration(context, duration);
}

Value Identity(CallContext&, Args args) { return args[0]; }

// ".5" for half a second, "" for none.
std::string FractionText(uint64_t nanoseconds) {
  if (nanoseconds == 0) return "";
  std::string digits = Cat(1'000'000'000 + nanoseconds);
  digits.erase(digits.find_last_not_of('0') + 1);
  digits[0] = '.';
  return digits;
}

Value StringFromTimestamp(CallContext& context, Args args) {
  std::string text =
      absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*SZ", args[0].timestamp_value(),
                       absl::UTCTimeZone());
  return Value::String(context.arena().Copy(text));
}

Value StringFromDuration(CallContext& context, Args args) {
  const absl::Duration duration = args[0].duration_value();
  absl::Duration rest;
  const int64_t seconds =
      absl::IDivDuration(absl::AbsDuration(duration), absl::Seconds(1), &rest);
  const bool negative = duration < absl::ZeroDuration();
  std::string text = Cat(
      negative ? "-" : "", seconds,
      FractionText(static_cast<uint64_t>(absl::ToInt64Nanoseconds(rest))), "s");
  return Value::String(context.arena().Copy(text));
}

// "+05:30", "-08:00" and "05:30" are offsets from UTC.
std::optional<absl::TimeZone> ReadOffset(std::string_view name) {
  int sign = 1;
  if (!name.empty() && (name[0] == '+' || name[0] == '-')) {
    sign = name[0] == '-' ? -1 : 1;
    name.remove_prefix(1);
  }
  if (name.size() != 5 || !HasShape(name, "00:00")) return std::nullopt;
  const int hours = (name[0] - '0') * 10 + (name[1] - '0');
  const int minutes = (name[3] - '0') * 10 + (name[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return absl::FixedTimeZone(sign * (hours * 60 + minutes) * 60);
}

std::optional<absl::TimeZone> FindZone(std::string_view name) {
  if (std::optional<absl::TimeZone> offset = ReadOffset(name)) return offset;
  absl::TimeZone zone;
  // A name is a file of the zone database: nothing outside of it.
  if (name.empty() || name[0] == '/' || name.find("..") != name.npos ||
      !absl::LoadTimeZone(absl::string_view(name.data(), name.size()), &zone)) {
    return std::nullopt;
  }
  return zone;
}

FunctionImpl SelectInUtc(Selector select) {
  return [select](CallContext&, Args args) {
    return Value::Int(
        select(absl::UTCTimeZone().At(args[0].timestamp_value())));
  };
}

FunctionImpl SelectInZone(Selector select) {
  return [select](CallContext& context, Args args) {
    const std::string_view name = args[1].string_value();
    std::optional<absl::TimeZone> zone = FindZone(name);
    if (!zone.has_value()) {
      return Unreadable(context, name,
                        "a time zone such as Europe/Berlin or +01:00");
    }
    return Value::Int(select(zone->At(args[0].timestamp_value())));
  };
}

// `stem` is the middle of the overload ids.
void AddSelector(FunctionRegistry& registry, std::string name,
                 std::string_view stem, Selector select) {
  const Type time = TypeKind::kTimestamp;
  const Type integer = TypeKind::kInt;
  MustAdd(registry, {std::move(name),
                     {{Cat("timestamp_to_", stem),
                       {time},
                       integer,
                       true,
                       SelectInUtc(select),
                       {}},
                      {Cat("timestamp_to_", stem, "_with_tz"),
                       {time, TypeKind::kString},
                       integer,
                       true,
                       SelectInZone(select),
                       {}}},
                     {}});
}

void AddTimestampSelectors(FunctionRegistry& registry) {
  using Civil = absl::TimeZone::CivilInfo;
  AddSelector(registry, "getFullYear", "year",
              [](const Civil& at) -> int64_t { return at.cs.year(); });
  AddSelector(registry, "getMonth", "month",
              [](const Civil& at) -> int64_t { return at.cs.month() - 1; });
  AddSelector(registry, "getDayOfYear", "day_of_year",
              [](const Civil& at) -> int64_t {
                return absl::GetYearDay(absl::CivilDay(at.cs)) - 1;
              });
  AddSelector(registry, "getDayOfMonth", "day_of_month",
              [](const Civil& at) -> int64_t { return at.cs.day() - 1; });
  AddSelector(registry, "getDate", "day_of_month_1_based",
              [](const Civil& at) -> int64_t { return at.cs.day(); });
  AddSelector(registry, "getDayOfWeek", "day_of_week",
              [](const Civil& at) -> int64_t {
                // Abseil counts from Monday, CEL from Sunday.
                const auto day = absl::GetWeekday(absl::CivilDay(at.cs));
                return (static_cast<int>(day) + 1) % 7;
              });
  AddSelector(registry, "getHours", "hours",
              [](const Civil& at) -> int64_t { return at.cs.hour(); });
  AddSelector(registry, "getMinutes", "minutes",
              [](const Civil& at) -> int64_t { return at.cs.minute(); });
  AddSelector(registry, "getSeconds", "seconds",
              [](const Civil& at) -> int64_t { return at.cs.second(); });
  AddSelector(registry, "getMilliseconds", "milliseconds",
              [](const Civil& at) -> int64_t {
                return absl::ToInt64Milliseconds(at.subsecond);
              });
}

// A duration as a whole number of units; milliseconds are those within the
// second.
void AddDurationSelector(FunctionRegistry& registry, std::string name,
                         std::string id, absl::Duration unit,
                         absl::Duration within) {
  FunctionImpl impl = [unit, within](CallContext&, Args args) {
    absl::Duration duration = args[0].duration_value();
    if (within != absl::ZeroDuration()) duration %= within;
    absl::Duration rest;
    return Value::Int(absl::IDivDuration(duration, unit, &rest));
  };
  MustAdd(registry, {std::move(name),
                     {{std::move(id),
                       {TypeKind::kDuration},
                       TypeKind::kInt,
                       true,
                       std::move(impl),
                       {}}},
                     {}});
}

void AddTimeConversions(FunctionRegistry& registry) {
  const Type time = TypeKind::kTimestamp;
  const Type span = TypeKind::kDuration;
  const Type text = TypeKind::kString;
  MustAdd(
      registry,
      {"timestamp",
       {{"timestamp_to_timestamp", {time}, time, false, Identity, {}},
        {"int64_to_timestamp",
         {TypeKind::kInt},
         time,
         false,
         TimestampFromInt,
         {}},
        {"string_to_timestamp", {text}, time, false, TimestampFromString, {}}},
       {}});
  MustAdd(
      registry,
      {"duration",
       {{"duration_to_duration", {span}, span, false, Identity, {}},
        {"string_to_duration", {text}, span, false, DurationFromString, {}}},
       {}});
  MustAdd(
      registry,
      {"string",
       {{"timestamp_to_string", {time}, text, false, StringFromTimestamp, {}},
        {"duration_to_string", {span}, text, false, StringFromDuration, {}}},
       {}});
}

}  // namespace

void AddTimeFunctions(FunctionRegistry& registry) {
  AddTimeConversions(registry);
  AddTimestampSelectors(registry);
  const absl::Duration none = absl::ZeroDuration();
  AddDurationSelector(registry, "getHours", "duration_to_hours", absl::Hours(1),
                      none);
  AddDurationSelector(registry, "getMinutes", "duration_to_minutes",
                      absl::Minutes(1), none);
  AddDurationSelector(registry, "getSeconds", "duration_to_seconds",
                      absl::Seconds(1), none);
  AddDurationSelector(registry, "getMilliseconds", "duration_to_milliseconds",
                      absl::Milliseconds(1), absl::Seconds(1));
}

}  // namespace phoenix::cel
