#ifndef TOOLS_PHOENIX_PAST_PAST_TESTING_H_
#define TOOLS_PHOENIX_PAST_PAST_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// A pipeline of built-in components, loaded and compiled as `p.yaml`; the test
// fails when it is wrong.
struct BuiltPipeline {
  explicit BuiltPipeline(const std::string& text);

  LoadedPipeline loaded;
  std::unique_ptr<CompiledPipeline> compiled;
};

// Events warmer than 10 go on, get the field `f`, and go to `hot` above 30,
// else to `rest`; those without `t` fail. What it writes is in `folder`.
std::string WeatherPipeline(const std::string& folder);

// The same with `from` replaced by `to`; the test fails when it is not there.
std::string Edited(std::string text, const std::string& from,
                   const std::string& to);

// Appends each list of payloads as a batch to the log of pipeline `weather` in
// `folder`, which is closed then. Ids are e0, e1, ... in each batch.
void WriteLog(const std::string& folder,
              const std::vector<std::vector<std::string>>& batches);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_PAST_TESTING_H_
