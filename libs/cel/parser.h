#ifndef LIBS_CEL_PARSER_H_
#define LIBS_CEL_PARSER_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/cel/ast.h"
#include "libs/cel/source.h"

namespace phoenix::cel {

// Rules are written by people; more than this is generated or hostile.
inline constexpr size_t kMaxSourceBytes = 64 * 1024;

// How deep expressions nest, and how high their tree grows: parser, checker
// and evaluator recurse this far, and that must fit a thread's stack.
inline constexpr int kMaxExpressionDepth = 250;

// More issues than this in one expression help nobody.
inline constexpr size_t kMaxIssues = 20;

struct ParseOptions {
  // Off: has(), all() and the like are plain function calls.
  bool expand_macros = true;
};

// Parses the whole CEL grammar. On failure returns no Ast and at least one
// issue in `issues`, which is appended to: every syntax error that can be told
// apart, in the order of the text. `issues` must not be null.
std::optional<Ast> Parse(std::string_view text, const ParseOptions& options,
                         std::vector<Issue>* issues);

// The same with the issues as an INVALID_ARGUMENT status (see ToStatus).
absl::StatusOr<Ast> Parse(std::string_view text,
                          const ParseOptions& options = {});

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PARSER_H_
