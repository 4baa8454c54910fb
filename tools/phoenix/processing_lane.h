#ifndef TOOLS_PHOENIX_PROCESSING_LANE_H_
#define TOOLS_PHOENIX_PROCESSING_LANE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/engine/dead_letters.h"
#include "libs/engine/route_table.h"
#include "libs/engine/step_chain.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "services/processor/processor.h"
#include "services/router/router.h"

namespace phoenix {

// One lane of the one-process suite: a thread that runs the steps and then the
// routes over each batch, on one frame, so that what the steps have read of the
// payloads the routes need not read again.
class ProcessingLane : private StepsOutput {
 public:
  struct Environment {
    const StepChain& steps;
    const RouteTable& routes;
    std::shared_ptr<const RuleSet> rules;
    std::vector<Router::Destination> sinks;
    DeadLetters& dead_letters;
    Clock& clock;
    int64_t max_bytes;  // Of batches waiting; the doors' budget bounds them.
  };

  ProcessingLane(std::string name, Environment environment);

  // Stops; what waits is settled as kRetry.
  ~ProcessingLane() override;

  // Where doors put batches for this lane.
  const std::shared_ptr<flow::Sender>& sender() const { return sender_; }

  // Runs a batch that a step made, from `first_step` on, behind what waits.
  // Unless OK, it does not, and `settle` is not called.
  absl::Status RunMade(size_t first_step, BatchView view,
                       SettleCallback settle);

  // Takes no more, and ends the thread. Blocks.
  void Stop();

 private:
  void Take(Frame& frame, const Selection& rows, const EventBatchPtr& input,
            flow::OutcomeCollector& collector) override;

  Router router_;
  Processor processor_;
  flow::Lane lane_;
  std::shared_ptr<flow::Receiver> receiver_;
  flow::InProcessConnector connector_;
  std::shared_ptr<flow::Sender> sender_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PROCESSING_LANE_H_
