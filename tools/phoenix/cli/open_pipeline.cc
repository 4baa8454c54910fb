#include "tools/phoenix/cli/open_pipeline.h"

#include <cstdio>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/operators/builtin.h"
#include "libs/pipeline/compile_pipeline.h"
#include "libs/pipeline/environment.h"
#include "libs/pipeline/read_file.h"
#include "libs/pipeline/yaml_document.h"
#include "libs/sinks/builtin.h"
#include "libs/sources/builtin.h"
#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {

ComponentRegistry BuiltinRegistry() {
  ComponentRegistry registry;
  RegisterBuiltinSources(registry.sources);
  RegisterBuiltinOperators(registry.operators);
  RegisterBuiltinSinks(registry.sinks);
  return registry;
}

OpenedPipeline OpenPipeline(const std::string& path) {
  OpenedPipeline opened;
  opened.diagnostics = Diagnostics(path);
  absl::StatusOr<std::string> text = ReadFile(path, YamlDocument::kMaxBytes);
  if (!text.ok()) {
    std::fprintf(stderr, "phoenix: %s\n",
                 std::string(text.status().message()).c_str());
    opened.exit_code = kExitNoInput;
    return opened;
  }
  const ComponentRegistry registry = BuiltinRegistry();
  opened.loaded =
      LoadPipeline(*text, registry, ProcessEnvironment(), opened.diagnostics);
  opened.compiled = CompilePipeline(opened.loaded, registry, Clock::System(),
                                    opened.diagnostics);
  if (opened.compiled == nullptr) {
    std::fputs(opened.diagnostics.ToString().c_str(), stderr);
    opened.exit_code = kExitConfig;
  }
  return opened;
}

}  // namespace phoenix
