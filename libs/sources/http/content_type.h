#ifndef LIBS_SOURCES_HTTP_CONTENT_TYPE_H_
#define LIBS_SOURCES_HTTP_CONTENT_TYPE_H_

#include <string>
#include <string_view>

namespace phoenix {

// What a Content-Type header says.
struct ContentType {
  std::string media_type;  // In lower case, such as `application/json`.
  std::string charset;     // In lower case; empty: not said.
};

// Reads a header's value; parameters other than the first charset are passed
// over, and so is what is no parameter.
ContentType ParseContentType(std::string_view value);

// Whether text of that charset is UTF-8: the one there is where none is said.
bool IsUtf8Charset(std::string_view charset);

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_CONTENT_TYPE_H_
