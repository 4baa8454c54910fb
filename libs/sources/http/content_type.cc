#include "libs/sources/http/content_type.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

std::string Normalise(std::string_view text) {
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(ToAbsl(text)));
}

// Takes what comes before the next semicolon that is not in a quoted string.
std::string_view TakePart(std::string_view& rest) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (rest[end] == '\\' && quoted) ++end;
  }
  end = std::min(end, rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// The inside of a quoted string, or the text itself if it is none.
std::string Unquote(std::string text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return text;
  }
  std::string inside;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    inside.push_back(text[i]);
  }
  return inside;
}

}  // namespace

ContentType ParseContentType(std::string_view value) {
  ContentType type;
  type.media_type = Normalise(TakePart(value));
  while (!value.empty() && type.charset.empty()) {
    const std::string_view parameter = TakePart(value);
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (Normalise(parameter.substr(0, equals)) != "charset") continue;
    type.charset = Unquote(Normalise(parameter.substr(equals + 1)));
  }
  return type;
}

bool IsUtf8Charset(std::string_view charset) {
  return charset.empty() || charset == "utf-8";
}

}  // namespace phoenix
