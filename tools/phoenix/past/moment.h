#ifndef TOOLS_PHOENIX_PAST_MOMENT_H_
#define TOOLS_PHOENIX_PAST_MOMENT_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/log/retained/retained_log.h"

namespace phoenix {

// The time that a flag says: RFC 3339, a day (its beginning in UTC), or how
// long before `now`: `90s`, `15m`, `2h`, `7d`. INVALID_ARGUMENT says what was
// expected.
absl::StatusOr<absl::Time> ParsePastTime(std::string_view text, absl::Time now);

// An offset, as `17`, or as `PARTITION/17`; `partition` stays as it is where it
// is not named. False, and nothing is set, when it is neither.
bool ParseOffset(std::string_view text, int32_t& partition, int64_t& offset);

// Narrows `range` to what begins at, or ends before, an offset or a time.
// INVALID_ARGUMENT also when it is to begin in one partition and to end in
// another.
absl::Status SetFrom(std::string_view text, absl::Time now, LogRange& range);
absl::Status SetTo(std::string_view text, absl::Time now, LogRange& range);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_MOMENT_H_
