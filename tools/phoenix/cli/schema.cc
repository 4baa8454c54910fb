#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "libs/pipeline/schema/json_schema.h"
#include "libs/pipeline/schema/reference_page.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/builtin_docs.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/output.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {

int SchemaCommand(absl::Span<char* const> args) {
  const auto arguments = ParseArguments(
      args, {{{"format", {"json", "markdown"}}, {"output", {}}}, 0, 0});
  if (!arguments.ok()) return UsageError("schema", arguments.status());
  const ComponentRegistry registry = BuiltinRegistry();
  const ConfigDocs& docs = BuiltinDocs();
  const bool markdown = arguments->Flag("format") == "markdown";
  return WriteOutput(arguments->Flag("output"),
                     markdown ? ReferencePage(registry, docs)
                              : PipelineJsonSchema(registry, docs));
}

}  // namespace phoenix
