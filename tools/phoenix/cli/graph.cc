#include <cstdio>
#include <string>

#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/pipeline_graph.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {

int GraphCommand(absl::Span<char* const> args) {
  const auto arguments =
      ParseArguments(args, {{{"format", {"text", "dot"}}}, 1, 1});
  if (!arguments.ok()) return UsageError("graph", arguments.status());
  const OpenedPipeline opened = OpenPipeline(arguments->positional[0]);
  if (opened.compiled == nullptr) return opened.exit_code;
  const bool dot = arguments->Flag("format", "text") == "dot";
  const std::string text =
      dot ? GraphToDot(*opened.compiled) : GraphToText(*opened.compiled);
  std::fputs(text.c_str(), stdout);
  return kExitOk;
}

}  // namespace phoenix
