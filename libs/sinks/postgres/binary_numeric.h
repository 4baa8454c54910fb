#ifndef LIBS_SINKS_POSTGRES_BINARY_NUMERIC_H_
#define LIBS_SINKS_POSTGRES_BINARY_NUMERIC_H_

#include <string>
#include <string_view>

namespace phoenix {

// Appends the bytes of a `numeric`, every digit kept: `text` is a sign or none,
// digits with a point or none, an exponent or none. False, and nothing is
// appended, when it is no such text or beyond what PostgreSQL holds (131,072
// digits before the point, 16,383 after it). Thread-safe.
bool AppendBinaryNumeric(std::string_view text, std::string& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_BINARY_NUMERIC_H_
