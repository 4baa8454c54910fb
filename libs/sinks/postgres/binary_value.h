#ifndef LIBS_SINKS_POSTGRES_BINARY_VALUE_H_
#define LIBS_SINKS_POSTGRES_BINARY_VALUE_H_

#include <string>
#include <string_view>

#include "libs/sinks/postgres/column.h"

namespace phoenix {

// Appends a value in the binary form of COPY: its length (four bytes) and its
// bytes. `text` is the value as text: numbers and booleans as JSON writes them,
// times by RFC 3339, of kJsonb the JSON itself (which only the server checks).
// Whole numbers may not be written with a fraction or an exponent. Times are
// cut to microseconds. False, and nothing is appended, when `text` is no value
// of the type or out of its range. Thread-safe.
bool AppendBinaryValue(ColumnType type, std::string_view text,
                       std::string& out);

// Appends a null.
void AppendBinaryNull(std::string& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_BINARY_VALUE_H_
