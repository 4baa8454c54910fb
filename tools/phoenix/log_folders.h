#ifndef TOOLS_PHOENIX_LOG_FOLDERS_H_
#define TOOLS_PHOENIX_LOG_FOLDERS_H_

#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Reports the folders of the pipeline's log and of its sinks' queues that a run
// could not open: those of another pipeline, of a newer version, or damaged.
// One that a running instance of the pipeline has open is all right. Looks at
// what is there, and changes nothing.
void CheckLogFolders(const LoadedPipeline& loaded,
                     const CompiledPipeline& pipeline,
                     Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_LOG_FOLDERS_H_
