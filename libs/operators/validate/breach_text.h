#ifndef LIBS_OPERATORS_VALIDATE_BREACH_TEXT_H_
#define LIBS_OPERATORS_VALIDATE_BREACH_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/rules/value_column.h"

namespace phoenix {

// How much of a value, and of what else comes from outside, an error shows, in
// bytes: enough to recognise it, too little to fill a log.
inline constexpr size_t kMaxShownBytes = 64;

// `text`, or as much of it as kMaxShownBytes hold, cut between characters, with
// "..." behind.
std::string Shorten(std::string_view text);

// The row's value for an error: `is 410`, `is 'ab-12345'`, `is missing`. For a
// value that could not be computed, `why` says so: `has no value: ...`.
std::string DescribeValue(const ValueColumn& values, uint32_t row,
                          const absl::Status& why);

// A number as short as it can be written without loss: `0.1`, `200`.
std::string ShortNumber(double number);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_VALIDATE_BREACH_TEXT_H_
