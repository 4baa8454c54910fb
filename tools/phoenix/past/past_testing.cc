#include "tools/phoenix/past/past_testing.h"

#include <utility>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/pipeline/compile_pipeline.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/environment.h"
#include "tools/phoenix/cli/open_pipeline.h"

namespace phoenix {

BuiltPipeline::BuiltPipeline(const std::string& text) {
  Diagnostics diagnostics("p.yaml");
  const ComponentRegistry registry = BuiltinRegistry();
  loaded = LoadPipeline(text, registry, ProcessEnvironment(), diagnostics);
  compiled = CompilePipeline(loaded, registry, Clock::System(), diagnostics);
  EXPECT_EQ(diagnostics.ToString(), "");
}

std::string WeatherPipeline(const std::string& folder) {
  return Cat(R"(name: weather
sources:
  - name: door
    tcp: 127.0.0.1:9000
steps:
  - name: warm
    filter: data.t > 10.0
  - name: fahrenheit
    map: {set: {data.f: data.t * 1.8 + 32.0}}
routes:
  - name: heat
    when: data.t > 30.0 && type == "test"
    to: [hot]
  - name: others
    to: [rest]
sinks:
  - name: hot
    file: ")",
             folder, R"(/hot.ndjson"
  - name: rest
    file: ")",
             folder, R"(/rest.ndjson"
  - name: dead
    file: ")",
             folder, R"(/dead.ndjson"
dead_letter: dead
log:
  embedded:
    path: ")",
             folder, R"(/log"
)");
}

std::string Edited(std::string text, const std::string& from,
                   const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at == std::string::npos) return text;
  return Cat(text.substr(0, at), to, text.substr(at + from.size()));
}

void WriteLog(const std::string& folder,
              const std::vector<std::vector<std::string>>& batches) {
  EmbeddedLogOptions options;
  options.folder = folder;
  options.pipeline = "weather";
  options.retain_bytes = options.max_bytes;
  options.has_thread = false;
  auto log = EmbeddedLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.status();
  for (const auto& payloads : batches) {
    ASSERT_TRUE((*log)
                    ->Append(JsonBatch(payloads), /*lane=*/0,
                             [](const absl::StatusOr<EventBatchPtr>& stored) {
                               EXPECT_TRUE(stored.ok()) << stored.status();
                             })
                    .ok());
    (*log)->Step();
  }
  ASSERT_TRUE((*log)->SetCursor(0, (*log)->Stats().next_offset).ok());
  ASSERT_TRUE((*log)->Close().ok());
}

}  // namespace phoenix
