#ifndef TOOLS_PHOENIX_CLI_CANONICAL_JSON_H_
#define TOOLS_PHOENIX_CLI_CANONICAL_JSON_H_

#include <string>
#include <string_view>
#include <vector>

namespace phoenix {

// The payload in a form in which equal values are equal texts and differences
// stand on lines of their own: JSON with sorted keys and one value a line,
// numbers by their value. What is no JSON is returned as it is.
std::string CanonicalJson(std::string_view payload);

// The lines of `expected` and `actual` side by side: `  ` before a line of
// both, `- ` before one that is expected only, `+ ` before one that came only.
std::string LineDiff(const std::string& expected, const std::string& actual);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_CANONICAL_JSON_H_
