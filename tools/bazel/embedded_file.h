#ifndef TOOLS_BAZEL_EMBEDDED_FILE_H_
#define TOOLS_BAZEL_EMBEDDED_FILE_H_

#include <string_view>

namespace phoenix {

// A file that was built into the program. Lives for ever.
struct EmbeddedFile {
  std::string_view path;  // From the repository's root, or of the build output.
  std::string_view bytes;
};

}  // namespace phoenix

#endif  // TOOLS_BAZEL_EMBEDDED_FILE_H_
