#include <algorithm>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/builtin_docs.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {
namespace {

// The kinds of one sort, one a line, with the first sentence of their comment.
template <typename Component>
std::string ListKinds(const Registry<Component>& registry) {
  size_t width = 0;
  for (const auto* kind : registry.kinds()) {
    width = std::max(width, kind->name.size());
  }
  std::string text;
  for (const auto* kind : registry.kinds()) {
    const auto* type = BuiltinDocs().Find(kind->config->full_name());
    const std::string comment = type == nullptr ? "" : CommentOf(*type);
    CatTo(text, "  ", kind->name, std::string(width - kind->name.size(), ' '),
          "  ", FirstSentence(comment), "\n");
  }
  return text;
}

}  // namespace

int ListCommand(absl::Span<char* const> args) {
  const auto arguments = ParseArguments(args, {{}, 0, 1});
  if (!arguments.ok()) return UsageError("list", arguments.status());
  const std::string sort =
      arguments->positional.empty() ? "" : arguments->positional[0];
  const std::vector<std::string> sorts = {"sources", "operators", "sinks"};
  if (!sort.empty() &&
      std::find(sorts.begin(), sorts.end(), sort) == sorts.end()) {
    return UsageError("list", absl::InvalidArgumentError(Cat(
                                  "unexpected argument '", sort, "': expected ",
                                  OneOf(sorts), DidYouMean(sort, sorts))));
  }
  const ComponentRegistry registry = BuiltinRegistry();
  std::string text;
  auto add = [&](const std::string& name, const std::string& kinds) {
    if (sort.empty() || sort == name) CatTo(text, name, "\n", kinds);
  };
  add("sources", ListKinds(registry.sources));
  add("operators", ListKinds(registry.operators));
  add("sinks", ListKinds(registry.sinks));
  std::fputs(text.c_str(), stdout);
  return kExitOk;
}

}  // namespace phoenix
