#ifndef LIBS_PIPELINE_ENVIRONMENT_H_
#define LIBS_PIPELINE_ENVIRONMENT_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phoenix {

// Gives the value of a variable, or nothing when it is not set.
using Environment =
    std::function<std::optional<std::string>(const std::string& name)>;

// The process's own environment.
Environment ProcessEnvironment();

// Where a text that had variables put in differs from what was written.
struct Substitution {
  size_t written_offset = 0;  // Of `${` in the text as written.
  size_t written_size = 0;
  size_t offset = 0;  // Of the value in the text as it became.
  size_t size = 0;
};

// A text with its variables put in.
struct SubstitutedText {
  std::string text;
  std::vector<Substitution> substitutions;  // In order.

  struct Error {
    size_t offset = 0;  // Into the text as written.
    std::string message;
  };
  std::vector<Error> errors;

  // True when a variable was read.
  bool has_variable = false;

  // Where the byte at `offset` was written; within a value, where its `${` was.
  size_t WrittenOffset(size_t offset) const;
};

// Puts in variables: `${NAME}`, or `${NAME:-default}` for one that may be
// unset. `$${` stands for `${` itself. A value is put in as it is: it is not
// looked at again.
SubstitutedText SubstituteVariables(std::string_view text,
                                    const Environment& environment);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_ENVIRONMENT_H_
