#ifndef TOOLS_PHOENIX_CLI_USAGE_ERROR_H_
#define TOOLS_PHOENIX_CLI_USAGE_ERROR_H_

#include "absl/status/status.h"

namespace phoenix {

// Prints what is wrong with the arguments of a command, and where help is.
// Returns kExitUsage.
int UsageError(const char* command, const absl::Status& status);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_USAGE_ERROR_H_
