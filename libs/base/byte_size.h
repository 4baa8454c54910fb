#ifndef LIBS_BASE_BYTE_SIZE_H_
#define LIBS_BASE_BYTE_SIZE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace phoenix {

// Reads a number of bytes as people write it: digits, perhaps with a decimal
// point, and a unit: `64MiB`, `1.5GiB`, `10MB`, `512`. Units are B, KB, MB, GB,
// TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of 1024), in any case, a
// blank before them allowed; none means bytes. INVALID_ARGUMENT for anything
// else and for what is not a whole number of bytes below 2^63.
absl::StatusOr<int64_t> ParseByteSize(std::string_view text);

// `64MiB`; with one decimal where it is no whole number of its largest binary
// unit (`1.5KiB`), and then rounded: for people to read.
std::string FormatByteSize(int64_t bytes);

}  // namespace phoenix

#endif  // LIBS_BASE_BYTE_SIZE_H_
