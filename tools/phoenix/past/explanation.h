#ifndef TOOLS_PHOENIX_PAST_EXPLANATION_H_
#define TOOLS_PHOENIX_PAST_EXPLANATION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/config_report.h"
#include "libs/event/event_batch.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/pipeline/load_pipeline.h"

namespace phoenix {

// Something that a rule read of the event, and what stood there: JSON, or
// `missing`.
struct ReadValue {
  std::string path;
  std::string value;
};

// A rule and its result for the event.
struct RuleTrace {
  SourcePosition position;
  std::string field;  // Of the component's config: `rules[0].cel`.
  std::string text;
  std::vector<ReadValue> reads;
  std::string result;  // JSON, or `no value: why`.
};

// What a step did with the event.
struct StepTrace {
  enum class Verdict { kPassed, kFiltered, kFailed };

  std::string name;
  std::string kind;
  SourcePosition position;
  std::vector<RuleTrace> rules;
  Verdict verdict = Verdict::kPassed;
  std::string error;     // Of kFailed.
  std::string on_error;  // Of kFailed: what becomes of the event.

  // Payloads in canonical form; empty when the step did not change it.
  std::string before;
  std::string after;
};

// What a route did with the event.
struct RouteTrace {
  std::string name;
  SourcePosition position;
  std::optional<RuleTrace> when;  // None: it takes what is left.
  bool taken = false;
  std::vector<std::string> sinks;
};

// An event's way through a pipeline. The steps end with the one that the event
// did not pass; there are no routes then.
struct Explanation {
  std::string id;
  std::string source;
  std::string type;
  std::vector<StepTrace> steps;
  std::vector<RouteTrace> routes;
  std::string outcome;  // As Trial::Describe says it.
};

// Runs one row of a batch step by step, and notes what the steps and routes
// read and did. Delivers nothing.
Explanation ExplainEvent(const LoadedPipeline& loaded,
                         const CompiledPipeline& compiled,
                         const EventBatchPtr& batch, uint32_t row,
                         Clock& clock);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_EXPLANATION_H_
