#include <cstdio>
#include <string>
#include <utility>

#include "libs/pipeline/schema/pretty_json.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/plan.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"
#include "tools/phoenix/leftover_queues.h"
#include "tools/phoenix/log_folders.h"

namespace phoenix {
namespace {

std::string ErrorsToJson(const Diagnostics& diagnostics) {
  PrettyJson json;
  json.BeginObject();
  json.Member("valid", false);
  json.Key("errors");
  json.BeginArray();
  for (const Diagnostic& error : diagnostics.Sorted()) {
    json.BeginObject();
    json.Member("file", diagnostics.file());
    json.Member("line", int64_t{error.position.line});
    json.Member("column", int64_t{error.position.column});
    json.Member("message", error.message);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return std::move(json).Finish();
}

void CheckFolders(OpenedPipeline& opened) {
  CheckLogFolders(opened.loaded, *opened.compiled, opened.diagnostics);
  if (opened.diagnostics.empty()) return;
  std::fputs(opened.diagnostics.ToString().c_str(), stderr);
  opened.exit_code = kExitConfig;
}

}  // namespace

int CheckCommand(absl::Span<char* const> args) {
  const auto arguments = ParseArguments(args, {{{"format", {"text", "json"}}},
                                               /*min_positional=*/1,
                                               /*max_positional=*/1});
  if (!arguments.ok()) return UsageError("check", arguments.status());
  const bool json = arguments->Flag("format", "text") == "json";
  OpenedPipeline opened = OpenPipeline(arguments->positional[0]);
  if (opened.exit_code == kExitOk) CheckFolders(opened);
  if (opened.exit_code != kExitOk) {
    if (json && opened.exit_code == kExitConfig) {
      std::fputs(ErrorsToJson(opened.diagnostics).c_str(), stdout);
    }
    return opened.exit_code;
  }
  PipelinePlan plan = PlanPipeline(opened.loaded, *opened.compiled);
  for (std::string& leftover : LeftoverQueues(*opened.compiled)) {
    plan.warnings.push_back(
        {opened.loaded.positions.FindNearest("sinks"), std::move(leftover)});
  }
  const std::string text = json ? PlanToJson(*opened.compiled, plan)
                                : PlanToText(*opened.compiled, plan);
  std::fputs(text.c_str(), stdout);
  return kExitOk;
}

}  // namespace phoenix
