#ifndef SERVICES_PROCESSOR_PROCESSOR_H_
#define SERVICES_PROCESSOR_PROCESSOR_H_

#include <cstddef>
#include <memory>

#include "libs/engine/dead_letters.h"
#include "libs/engine/step_chain.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/outcome_collector.h"
#include "libs/rules/frame.h"

namespace phoenix {

// What takes the rows over that have passed the steps: the router in one
// process, a stream to the routers otherwise. Called on a lane's thread; one
// object a lane.
class StepsOutput {
 public:
  virtual ~StepsOutput() = default;

  // `rows` of the frame's batch go on; `input` is the batch as it came in, with
  // the same numbering of rows. Adds a part to `collector`, or an outcome at
  // once, for each of the rows.
  virtual void Take(Frame& frame, const Selection& rows,
                    const EventBatchPtr& input,
                    flow::OutcomeCollector& collector) = 0;
};

// One lane of the processor: runs a pipeline's steps over each batch and says
// what became of every row. Used by one thread at a time.
class Processor : public flow::BatchHandler {
 public:
  // Everything outlives the processor and the batches it was given.
  Processor(const StepChain& steps, std::shared_ptr<const RuleSet> rules,
            DeadLetters& dead_letters, StepsOutput& output);

  void Handle(BatchView view, SettleCallback settle) override;

  // As Handle, beginning with a later step: for batches that a step made.
  void HandleFrom(size_t first_step, BatchView view, SettleCallback settle);

 private:
  void SettleDropped(flow::OutcomeCollector& collector);
  void SettleDead(const EventBatchPtr& input,
                  flow::OutcomeCollector& collector);

  const StepChain& steps_;
  DeadLetters& dead_letters_;
  StepsOutput& output_;
  Frame frame_;
  StepsResult result_;
};

}  // namespace phoenix

#endif  // SERVICES_PROCESSOR_PROCESSOR_H_
