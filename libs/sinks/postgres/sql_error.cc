#include "libs/sinks/postgres/sql_error.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/match.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

struct StateCode {
  std::string_view prefix;  // Of the SQLSTATE: its class, or all of it.
  absl::StatusCode code;
};

// The first that fits holds.
constexpr StateCode kCodes[] = {
    // The form of a COPY: the table is not as it was when it was looked at, and
    // no row is to blame.
    {"22P03", absl::StatusCode::kUnavailable},
    {"22P04", absl::StatusCode::kUnavailable},
    {"22", absl::StatusCode::kInvalidArgument},  // Data exceptions.
    {"23", absl::StatusCode::kInvalidArgument},  // Constraints.
    {"44", absl::StatusCode::kInvalidArgument},  // WITH CHECK OPTION.
    {"54", absl::StatusCode::kInvalidArgument},  // Too large for an index.
    {"P0", absl::StatusCode::kInvalidArgument},  // Raised by a trigger.
    {"0A", absl::StatusCode::kFailedPrecondition},
    {"0L", absl::StatusCode::kFailedPrecondition},
    {"0P", absl::StatusCode::kFailedPrecondition},
    {"28", absl::StatusCode::kFailedPrecondition},  // Who one is.
    {"3D", absl::StatusCode::kFailedPrecondition},
    {"3F", absl::StatusCode::kFailedPrecondition},
    {"42", absl::StatusCode::kFailedPrecondition},  // What is not there.
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

absl::StatusCode CodeOfSqlState(std::string_view state) {
  for (const StateCode& known : kCodes) {
    if (state.starts_with(known.prefix)) return known.code;
  }
  return absl::StatusCode::kUnavailable;
}

size_t RowInCopyContext(std::string_view context, std::string_view table) {
  const std::string start = Cat("COPY ", table, ", ");
  const size_t at = context.find(start);
  if (at == std::string_view::npos) return 0;
  std::string_view rest = context.substr(at + start.size());
  rest = rest.substr(0, rest.find_first_of(",:\n"));
  const auto digit = std::find_if(rest.begin(), rest.end(), IsDigit);
  size_t row = 0;
  std::from_chars(digit, rest.end(), row);
  return row;
}

}  // namespace phoenix
