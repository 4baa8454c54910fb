#ifndef LIBS_FLOW_SIMULATION_BUG_H_
#define LIBS_FLOW_SIMULATION_BUG_H_

#include <cstdint>

namespace phoenix::flow::simulation {

// A mistake that a run is made to contain, to prove that the invariants see it.
enum class Bug : uint8_t {
  kNone,
  kAckBeforeDelivery,  // A stage settles when it has sent, not when it is told.
  kNoResend,           // What a dead receiver has lost is not sent again.
  kForgetStream,       // A reopened stream looks new: nothing is de-duplicated.
  kIgnoreCredit,       // A sender sends more than it was told it may.
  kReorder,            // A stage hands batches on in another order.
  kLoseOutcome,        // A stage swallows an outcome once in a while.
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_BUG_H_
