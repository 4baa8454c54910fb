#ifndef LIBS_BASE_JSON_TEXT_H_
#define LIBS_BASE_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace phoenix {

// Appends `text` to `out` as a JSON string with its quotes. Control characters
// are escaped; bytes that are no UTF-8 become U+FFFD, so that a message which
// quotes what somebody sent is always valid JSON.
void AppendJsonText(std::string_view text, std::string& out);

// The same as a string of its own.
std::string JsonText(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_BASE_JSON_TEXT_H_
