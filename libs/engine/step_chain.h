#ifndef LIBS_ENGINE_STEP_CHAIN_H_
#define LIBS_ENGINE_STEP_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/base/clock.h"
#include "libs/component/config_report.h"
#include "libs/event/selection.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/rules/frame.h"

namespace phoenix {

// A row on which a step failed.
struct StepFailure {
  uint32_t row = 0;
  uint32_t step = 0;
  absl::Status status;
};

// What became of the rows of one batch. Its memory is reused when it is filled
// again.
struct StepsResult {
  // The rows that passed all steps, in order.
  Selection rows;

  // The rows that each step dropped as it is meant to; one entry a step.
  std::vector<Selection> filtered;

  // The rows that failed, by what is to become of them.
  std::vector<StepFailure> dead;
  std::vector<StepFailure> dropped;
};

// Hears what each step did with each batch: for metrics. Called on the lane's
// thread; thread-safe.
class StepObserver {
 public:
  // One batch at one step; counts are of events.
  struct Run {
    size_t step = 0;
    size_t received = 0;
    uint64_t received_bytes = 0;  // Of payloads, as all bytes here.
    size_t sent = 0;
    uint64_t sent_bytes = 0;
    size_t filtered = 0;
    size_t failed = 0;
    size_t dropped = 0;      // Of those that failed.
    std::string error_type;  // Of the first that failed.
    int64_t nanos = 0;       // Spent in the step.
  };
  virtual ~StepObserver() = default;
  virtual void OnStep(const Run& run) = 0;
};

// The steps of a pipeline, run one after the other over a batch. Immutable;
// thread-safe: every lane uses the same chain with a frame of its own.
class StepChain {
 public:
  // The steps outlive the chain. `observer` may be null; `clock` measures the
  // steps when there is one.
  StepChain(absl::Span<const CompiledStep> steps, StepObserver* observer,
            Clock& clock);

  // Runs the steps from `first_step` on over the rows `result.rows` of the
  // frame's batch. The frame's batch afterwards is what the steps made of it,
  // with the same numbering of rows.
  void Run(Frame& frame, size_t first_step, StepsResult& result) const;

  const std::string& name(size_t step) const { return steps_[step].name; }
  SourcePosition position(size_t step) const { return steps_[step].position; }

 private:
  void RunStep(size_t index, Frame& frame, StepsResult& result) const;
  void Sort(size_t index, RowErrors& failed, StepsResult& result) const;

  const absl::Span<const CompiledStep> steps_;
  StepObserver* const observer_;
  Clock& clock_;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_STEP_CHAIN_H_
