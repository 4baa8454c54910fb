#ifndef LIBS_ENGINE_STEP_CHAIN_H_
#define LIBS_ENGINE_STEP_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/config_report.h"
#include "libs/component/operator.h"
#include "libs/event/selection.h"
#include "libs/rules/frame.h"

namespace phoenix {

// What becomes of an event on which a step fails (see OnError in
// pipeline.proto).
enum class OnError : uint8_t { kDeadLetter, kDrop, kKeep };

// One step of a pipeline, ready to run.
struct ChainStep {
  std::string name;
  OnError on_error = OnError::kDeadLetter;
  SourcePosition position;      // In the pipeline file.
  Operator* op = nullptr;       // Outlives the chain.
};

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
  struct Run {
    size_t step;
    size_t received;
    size_t sent;
    size_t filtered;
    size_t failed;
    int64_t nanos;  // Spent in the step.
  };
  virtual ~StepObserver() = default;
  virtual void OnStep(const Run& run) = 0;
};

// The steps of a pipeline, run one after the other over a batch. Immutable;
// thread-safe: every lane uses the same chain with a frame of its own.
class StepChain {
 public:
  // `observer` may be null; `clock` measures the steps when there is one.
  StepChain(std::vector<ChainStep> steps, StepObserver* observer, Clock& clock);

  // Runs the steps from `first_step` on over the rows `result.rows` of the
  // frame's batch. The frame's batch afterwards is what the steps made of it,
  // with the same numbering of rows.
  void Run(Frame& frame, size_t first_step, StepsResult& result) const;

  const std::vector<ChainStep>& steps() const { return steps_; }

 private:
  void RunStep(size_t index, Frame& frame, StepsResult& result) const;

  const std::vector<ChainStep> steps_;
  StepObserver* const observer_;
  Clock& clock_;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_STEP_CHAIN_H_
