#ifndef TOOLS_PHOENIX_CLI_OUTPUT_H_
#define TOOLS_PHOENIX_CLI_OUTPUT_H_

#include <string>

namespace phoenix {

// Writes `text` to the file `path`, made or replaced, or to stdout when `path`
// is empty. Returns the exit status; what fails is told on stderr.
int WriteOutput(const std::string& path, const std::string& text);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_OUTPUT_H_
