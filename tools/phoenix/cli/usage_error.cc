#include "tools/phoenix/cli/usage_error.h"

#include <cstdio>
#include <string>

#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {

int UsageError(const char* command, const absl::Status& status) {
  std::fprintf(stderr, "phoenix %s: %s\nsee 'phoenix %s --help'\n", command,
               std::string(status.message()).c_str(), command);
  return kExitUsage;
}

}  // namespace phoenix
