#ifndef LIBS_PIPELINE_REQUIRE_GUARANTEE_H_
#define LIBS_PIPELINE_REQUIRE_GUARANTEE_H_

#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Adds, for each sink to which a way gives less than `require` asks for, all
// that is in the way: at the place of `require`, naming the place of what it
// is. `compiled` has the parts of the file that could be built.
void CheckRequiredGuarantees(const LoadedPipeline& loaded,
                             const CompiledPipeline& compiled,
                             Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_REQUIRE_GUARANTEE_H_
