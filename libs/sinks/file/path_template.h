#ifndef LIBS_SINKS_FILE_PATH_TEMPLATE_H_
#define LIBS_SINKS_FILE_PATH_TEMPLATE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/sinks/rows/event_field.h"

namespace phoenix {

// What is wrong with the text of a path template.
struct PathTemplateError {
  size_t offset = 0;  // In bytes from the beginning of the text.
  std::string message;
};

// A path with placeholders for time (`%Y`) and for fields of events (`{type}`).
// It has two parts: a directory that is written out, and the path below it,
// which is all that placeholders have a say in. Immutable; thread-safe.
class PathTemplate {
 public:
  struct Part {
    enum class Kind { kLiteral, kTime, kField };
    Kind kind = Kind::kLiteral;
    std::string text;  // kLiteral: itself. kTime: such as "%Y".
    size_t field = 0;  // kField: index in fields().
  };

  // Nothing, and `error` set, when the text is no template, names a field
  // without a directory before it, or has `..` below that directory.
  static std::optional<PathTemplate> Parse(std::string_view text,
                                           PathTemplateError& error);

  // The directory that is written out: "." when there is none.
  const std::string& directory() const { return directory_; }

  // The path below directory().
  const std::vector<Part>& parts() const { return parts_; }
  const std::vector<EventField>& fields() const { return fields_; }

  bool has_time() const;
  bool has_fields() const { return !fields_.empty(); }

 private:
  class Parser;

  std::string directory_ = ".";
  std::vector<Part> parts_;
  std::vector<EventField> fields_;
};

// The longest value of a field in a path, in bytes as it is written there: with
// some text around it a name still fits the 255 bytes of file systems.
inline constexpr size_t kMaxPathValueBytes = 180;

// Appends `value` as a part of one file name: letters, digits, `-`, `_` and `.`
// (but not in front) stay, every other byte becomes `%XX`, and an empty value a
// lone `%`. So two values never share a name, and none is or holds `/`, `..` or
// NUL. False, with nothing appended, when that is longer than
// kMaxPathValueBytes.
bool AppendPathValue(std::string_view value, std::string& path);

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_PATH_TEMPLATE_H_
