#ifndef LIBS_EVENT_TIMESTAMP_H_
#define LIBS_EVENT_TIMESTAMP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace phoenix {

// A point in time as protobuf's Timestamp has it.
struct Timestamp {
  int64_t seconds = 0;  // Since 1970 (UTC); may be negative.
  int32_t nanos = 0;    // Always forward from there, 0 to 999,999,999.

  friend bool operator==(const Timestamp&, const Timestamp&) = default;
};

// The time that an RFC 3339 text says, such as `2024-02-29T23:59:60.5+01:00`;
// none when it is no such text or names a day that does not exist. Digits
// beyond nanoseconds are cut off; a leap second is the start of the next
// minute.
std::optional<Timestamp> ParseRfc3339(std::string_view text);

// Whether the time is within years 1 to 9999, which is what protobuf's
// Timestamp and FormatRfc3339 take.
bool IsWithinRange(Timestamp time);

// The time as RFC 3339 text in UTC with as many decimals as it needs: none, 3,
// 6 or 9, as protobuf's JSON has it; none when it is not within years 1 to 9999
// or nanos are out of range.
std::optional<std::string> FormatRfc3339(Timestamp time);

}  // namespace phoenix

#endif  // LIBS_EVENT_TIMESTAMP_H_
