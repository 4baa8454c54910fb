#ifndef TOOLS_PHOENIX_CLI_CHECK_TESTS_H_
#define TOOLS_PHOENIX_CLI_CHECK_TESTS_H_

#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "tools/phoenix/cli/test_runner.h"

namespace phoenix {

// Adds to `diagnostics` each case that has the name of one before it.
void CheckCaseNames(const LoadedTests& tests, Diagnostics& diagnostics);

// Adds each sink, step and route that is expected and that `pipeline` does not
// have.
void CheckExpectations(const LoadedTests& tests,
                       const CompiledPipeline& pipeline,
                       Diagnostics& diagnostics);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_CHECK_TESTS_H_
