#ifndef LIBS_PIPELINE_SCALAR_TEXT_H_
#define LIBS_PIPELINE_SCALAR_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace phoenix {

// How single values are written in a pipeline file. Each parser takes the whole
// text or gives nothing.

// `true` or `false`.
std::optional<bool> ParseBool(std::string_view text);

// Decimal digits, with a sign.
std::optional<int64_t> ParseInteger(std::string_view text);

// A finite number, decimal or with an exponent.
std::optional<double> ParseNumber(std::string_view text);

// The shortest form that ParseNumber reads as the same number; whole numbers
// without exponent.
std::string FormatNumber(double number);

// A number with a unit, or several: `500ms`, `1.5s`, `1h30m`, `7d`. Not
// negative, at most ten thousand years.
std::optional<absl::Duration> ParseDuration(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCALAR_TEXT_H_
