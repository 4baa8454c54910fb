// The command `phoenix dlq`: the dead letters of a pipeline.
#include <map>
#include <string>
#include <vector>

#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/dlq/subcommands.h"

namespace phoenix {

int DlqCommand(absl::Span<char* const> args) {
  const std::map<std::string, int (*)(std::vector<char*>)> subcommands = {
      {"ls", DlqList},
      {"show", DlqShow},
      {"replay", DlqReplay},
      {"drop", DlqDrop}};
  const std::string name = args.empty() ? "" : args[0];
  const auto found = subcommands.find(name);
  if (found != subcommands.end()) {
    return found->second({args.begin() + 1, args.end()});
  }
  return UsageError(
      "dlq", absl::InvalidArgumentError(Cat(
                 "unexpected '", name, "': expected ls, show, replay or drop",
                 DidYouMean(name, {"ls", "show", "replay", "drop"}))));
}

}  // namespace phoenix
