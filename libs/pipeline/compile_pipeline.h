#ifndef LIBS_PIPELINE_COMPILE_PIPELINE_H_
#define LIBS_PIPELINE_COMPILE_PIPELINE_H_

#include <memory>
#include <string_view>

#include "libs/base/clock.h"
#include "libs/component/registry.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/environment.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Checks what a loaded pipeline means (names, routes, sinks), builds its
// components by their factories and compiles its rules. Null when
// `diagnostics` has an error, from here or from loading. Opens and starts
// nothing. `registry` is used only during the call; `clock` outlives the
// result.
std::unique_ptr<CompiledPipeline> CompilePipeline(
    const LoadedPipeline& loaded, const ComponentRegistry& registry,
    Clock& clock, Diagnostics& diagnostics);

// Loads and compiles in one go what the text of a pipeline file says;
// `diagnostics` knows the file's name.
std::unique_ptr<CompiledPipeline> CompilePipelineText(
    std::string_view text, const ComponentRegistry& registry,
    const Environment& environment, Clock& clock, Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_COMPILE_PIPELINE_H_
