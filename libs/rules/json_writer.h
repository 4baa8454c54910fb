#ifndef LIBS_RULES_JSON_WRITER_H_
#define LIBS_RULES_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "libs/cel/arena.h"
#include "libs/cel/value.h"
#include "libs/json/value_column.h"

namespace phoenix {

// Appends a value as JSON, as protobuf's JSON mapping has it: timestamps and
// durations as strings, bytes in base64; doubles keep a fraction or exponent,
// so that they read back as doubles. `arena` is for what is read lazily.
// INVALID_ARGUMENT, with `out` in an unspecified state, for what JSON has no
// form for: a number that is not finite, an element that can't be read.
absl::Status AppendJson(std::string& out, const cel::Value& value,
                        cel::Arena& arena);

// Appends row `row` of a column as JSON; false for a row that has no value
// that JSON could hold.
bool AppendJson(std::string& out, const ValueColumn& column, uint32_t row);

// Sets a row to a value: a scalar to its own tag, a list or map to kJson, all
// else to kOther. Texts are copied to `texts`. The error, and kError in the
// row, when the value is one or has no JSON form.
class TextArena;
absl::Status SetValue(ValueColumn& column, uint32_t row,
                      const cel::Value& value, cel::Arena& arena,
                      TextArena& texts);

}  // namespace phoenix

#endif  // LIBS_RULES_JSON_WRITER_H_
