#ifndef LIBS_PIPELINE_CHECK_PIPELINE_H_
#define LIBS_PIPELINE_CHECK_PIPELINE_H_

#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Checks what no single field can tell: that names are well formed and unique,
// that routes and `dead_letter` name sinks that exist, that every sink is
// reached, that no route stands behind one that takes all that is left, and
// that each queue has a folder of its own and can do what it says when it is
// full.
void CheckPipeline(const LoadedPipeline& loaded, Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_CHECK_PIPELINE_H_
