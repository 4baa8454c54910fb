#ifndef TOOLS_PHOENIX_PAST_EXPLANATION_TEXT_H_
#define TOOLS_PHOENIX_PAST_EXPLANATION_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tools/phoenix/past/explanation.h"

namespace phoenix {

// Where in a log an explained event stands.
struct LogPlace {
  std::string log;                        // Its folder or topic.
  std::optional<int64_t> partition = {};  // None: it has only one.
  int64_t offset = 0;
  absl::Time append_time = {};
  std::string revision = {};  // That took it; empty: nobody noted it.
};

// The explanation for people. `place` is none for an event from a file; the
// pipeline is the one that explained it.
std::string ExplanationToText(const CompiledPipeline& pipeline,
                              const Explanation& explanation,
                              const std::optional<LogPlace>& place);

// The explanation for programs.
std::string ExplanationToJson(const CompiledPipeline& pipeline,
                              const Explanation& explanation,
                              const std::optional<LogPlace>& place);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_EXPLANATION_TEXT_H_
