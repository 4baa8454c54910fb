#ifndef LIBS_PIPELINE_LOAD_PIPELINE_H_
#define LIBS_PIPELINE_LOAD_PIPELINE_H_

#include <memory>
#include <string>
#include <string_view>

#include "libs/component/registry.h"
#include "libs/pipeline/broken_fields.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/environment.h"
#include "libs/pipeline/source_map.h"
#include "phoenix/pipeline/v1/pipeline.pb.h"

namespace phoenix {

// A pipeline file as a message, and where each field of it was written.
struct LoadedPipeline {
  std::string file;
  bool readable = false;  // False: the text is no YAML, and nothing was read.
  pipeline::v1::Pipeline message;
  SourceMap positions;

  // What could not be read, and is already reported. A component that it
  // touches can't be built.
  BrokenFields broken;
};

// Reads the text of a pipeline file into its message, generically for every
// kind in `registry`, and fills in the defaults. Everything that is wrong is
// added to `diagnostics`; the result then holds what could be read, so that
// later stages can find more. Variables are read from `environment`, only those
// that the text names. Never fails otherwise, whatever the bytes.
LoadedPipeline LoadPipeline(std::string_view text,
                            const ComponentRegistry& registry,
                            const Environment& environment,
                            Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_LOAD_PIPELINE_H_
