#ifndef TOOLS_PHOENIX_CLI_FORMAT_FILES_H_
#define TOOLS_PHOENIX_CLI_FORMAT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace phoenix {

// Lays out the C++ and proto files among `paths` by the `.clang-format` above
// them; others are left as they are. NOT_FOUND when clang-format is not
// installed, INTERNAL when it fails. Blocks.
absl::Status FormatFiles(const std::vector<std::string>& paths);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_FORMAT_FILES_H_
