#ifndef TOOLS_PHOENIX_CLI_TEST_RUNNER_H_
#define TOOLS_PHOENIX_CLI_TEST_RUNNER_H_

#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/source_map.h"
#include "tools/phoenix/cli/test_file.pb.h"

namespace phoenix {

// A file of tests, and where its fields were written.
struct LoadedTests {
  tools::v1::TestFile message;
  SourceMap positions;
};

// Reads the text of a file of tests; what is wrong is added to `diagnostics`.
LoadedTests LoadTests(const std::string& text, Diagnostics& diagnostics);

// What came of one test.
struct TestResult {
  std::string name;
  // What differs, each as `line:column: event 2: ...`, with a diff of payloads
  // below; none: it passed.
  std::vector<std::string> differences;
};

// Runs all tests of a file against a pipeline.
std::vector<TestResult> RunTests(const LoadedTests& tests,
                                 const CompiledPipeline& pipeline,
                                 Clock& clock);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_TEST_RUNNER_H_
