#ifndef LIBS_JSON_JSON_STRING_H_
#define LIBS_JSON_JSON_STRING_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/json/json_fault.h"

namespace phoenix {

// Validates every escape from `begin` on in a text of which all else is valid,
// so that whatever is escaped is within a string. Lone surrogates are refused:
// they have no UTF-8. False: `fault` says why not.
bool ValidateEscapes(std::string_view text, size_t begin, JsonFault& fault);

// Resolves the escapes of a valid string's inside. `out` has room for as many
// bytes as `raw`; returns how many were written.
size_t Unescape(std::string_view raw, char* out);

// Appends `text` as a JSON string with its quotes; only what must be escaped
// is. `text` must be UTF-8.
void AppendJsonString(std::string& out, std::string_view text);

// How many bytes the first character of `text` has, 0 when it is not UTF-8.
size_t Utf8Length(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_STRING_H_
