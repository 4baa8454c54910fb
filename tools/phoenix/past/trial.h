#ifndef TOOLS_PHOENIX_PAST_TRIAL_H_
#define TOOLS_PHOENIX_PAST_TRIAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/engine/route_table.h"
#include "libs/engine/step_chain.h"
#include "libs/event/selection.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/rules/frame.h"

namespace phoenix {

// What would become of an event.
enum class Fate : uint8_t { kRouted, kFiltered, kFailed };

// Runs batches through the steps and routes of a pipeline on this thread, and
// delivers nothing. Keeps what became of the rows of the last batch in columns,
// for millions of events. Thread-compatible.
class Trial {
 public:
  // Both outlive the trial.
  Trial(const CompiledPipeline& pipeline, Clock& clock);

  // Runs these rows of the batch; of others it knows nothing.
  void Run(const EventBatchPtr& batch, const Selection& rows);

  // Of the rows of the last batch.
  Fate fate(uint32_t row) const { return fates_[row]; }

  // The rows that go to a sink, by its number in the pipeline.
  const Selection& RowsOf(size_t sink) const { return routes_.by_sink[sink]; }

  // What goes to the sinks.
  std::string_view payload(uint32_t row) const {
    return frame_.batch()->payload(row);
  }

  // What became of a row, in words: `delivered to a, b`, `filtered by 'x'
  // (p.yaml:7)`, `dead-lettered by 'x' (p.yaml:9): why`.
  std::string Describe(uint32_t row) const;

  const CompiledPipeline& pipeline() const { return pipeline_; }

 private:
  std::string DescribeRouted(uint32_t row) const;
  std::string DescribeFiltered(uint32_t row) const;
  std::string DescribeFailed(uint32_t row) const;
  std::string Place(const std::string& name, SourcePosition position) const;

  const CompiledPipeline& pipeline_;
  const StepChain chain_;
  const RouteTable table_;
  Frame frame_;
  StepsResult steps_;
  RoutesResult routes_;
  std::vector<Fate> fates_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_TRIAL_H_
