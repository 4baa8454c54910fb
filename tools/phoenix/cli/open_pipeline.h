#ifndef TOOLS_PHOENIX_CLI_OPEN_PIPELINE_H_
#define TOOLS_PHOENIX_CLI_OPEN_PIPELINE_H_

#include <memory>
#include <string>

#include "libs/component/registry.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Every kind of component that the program has.
ComponentRegistry BuiltinRegistry();

// What came of opening a pipeline file.
struct OpenedPipeline {
  // 0, kExitNoInput or kExitConfig.
  int exit_code = 0;
  Diagnostics diagnostics{""};
  LoadedPipeline loaded;
  std::unique_ptr<CompiledPipeline>
      compiled;  // Null unless the exit code is 0.
};

// Reads, loads and compiles a pipeline file with the built-in components, the
// process's environment and the machine's clock. Whatever is wrong is in
// `diagnostics` and is printed to stderr.
OpenedPipeline OpenPipeline(const std::string& path);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_OPEN_PIPELINE_H_
