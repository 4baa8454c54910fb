#ifndef TOOLS_PHOENIX_CLI_TEST_PIPELINE_H_
#define TOOLS_PHOENIX_CLI_TEST_PIPELINE_H_

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/pipeline/compile_pipeline.h"
#include "libs/pipeline/testing/test_kinds.h"

namespace phoenix {

// For tests: a pipeline of the kinds of TestKinds(), loaded and compiled.
struct TestPipeline {
  explicit TestPipeline(const std::string& text) {
    Diagnostics diagnostics("p.yaml");
    const ComponentRegistry registry = TestKinds();
    loaded = LoadPipeline(text, registry, ProcessEnvironment(), diagnostics);
    compiled = CompilePipeline(loaded, registry, Clock::System(), diagnostics);
    EXPECT_EQ(diagnostics.ToString(), "");
  }

  LoadedPipeline loaded;
  std::unique_ptr<CompiledPipeline> compiled;
};

inline constexpr char kTestPipeline[] = R"(name: p
sources:
  - name: in
    door: {port: 1}
steps:
  - name: warm
    keep: data.t > 10
routes:
  - name: hot
    when: data.t > 30
    to: [alerts]
  - name: rest
    to: [archive]
sinks:
  - name: alerts
    nowhere: {}
  - name: archive
    file: {path: x}
dead_letter: archive
)";

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_TEST_PIPELINE_H_
