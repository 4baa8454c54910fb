#ifndef LIBS_CEL_SOURCE_H_
#define LIBS_CEL_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace phoenix::cel {

// A place in an expression.
struct SourcePosition {
  uint32_t offset = 0;  // bytes from the start of the expression
  uint32_t line = 1;    // from 1
  uint32_t column = 1;  // from 1, in code points
};

// The text of an expression, and where its lines start. Immutable.
class Source {
 public:
  Source() : Source("") {}
  explicit Source(std::string text);

  std::string_view text() const { return text_; }
  // `offset` in bytes; beyond the end means the end.
  SourcePosition PositionAt(uint32_t offset) const;
  // The text of a line, counted from 1, without its line break.
  std::string_view Line(uint32_t line) const;

 private:
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

// One thing that is wrong with an expression. `message` is a lower-case
// fragment that says what was found and what was expected; it holds no
// position, so that a caller may map the position into a surrounding file.
struct Issue {
  SourcePosition position;
  std::string message;
};

// An INVALID_ARGUMENT status with every issue on a line of its own, as
// "1:7: undeclared name 'temprature': did you mean 'temperature'?".
// OK when there are none.
absl::Status ToStatus(const std::vector<Issue>& issues);

// The same for people, with the line of the expression and a caret below it.
std::string Render(const Source& source, const std::vector<Issue>& issues);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_SOURCE_H_
