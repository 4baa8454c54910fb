#ifndef TOOLS_PHOENIX_CLI_TEMPLATE_H_
#define TOOLS_PHOENIX_CLI_TEMPLATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/bazel/embedded_file.h"

namespace phoenix {

// A file to be written: its path from the root of the checkout, and its text.
struct NewFile {
  std::string path;
  std::string text;
};

// OK when components and pipelines may have the name: lower-case letters,
// digits and `_`, a letter first. Else INVALID_ARGUMENT.
absl::Status CheckTemplateName(std::string_view name);

// The files of a new component of `kind` (`source`, `operator` or `sink`),
// made of those of `templates` that belong to the kind's template (see
// templates/README.md).
std::vector<NewFile> NewComponent(std::string_view kind, std::string_view name,
                                  absl::Span<const EmbeddedFile> templates);

// The files of a new pipeline: `<name>.yaml` and its tests.
std::vector<NewFile> NewPipeline(std::string_view name,
                                 absl::Span<const EmbeddedFile> templates);

// `list` (a builtin.cc or its BUILD) with the component's lines in their sorted
// places. FAILED_PRECONDITION when there is no line like them to stand beside.
absl::StatusOr<std::string> AddToList(std::string_view kind,
                                      std::string_view name,
                                      const std::string& list);
absl::StatusOr<std::string> AddToBuildFile(std::string_view kind,
                                           std::string_view name,
                                           const std::string& build_file);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_TEMPLATE_H_
