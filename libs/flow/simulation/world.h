#ifndef LIBS_FLOW_SIMULATION_WORLD_H_
#define LIBS_FLOW_SIMULATION_WORLD_H_

#include <string>

#include "absl/time/time.h"
#include "libs/base/random.h"
#include "libs/flow/credit.h"
#include "libs/flow/sender.h"
#include "libs/flow/simulation/bug.h"
#include "libs/flow/simulation/ledger.h"
#include "libs/flow/simulation/network.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/simulation/trace.h"

namespace phoenix::flow::simulation {

// What every node of a run shares; outlives them all.
struct World {
  Scheduler& scheduler;
  Network& network;
  Ledger& ledger;
  Trace& trace;
  Bug bug = Bug::kNone;
};

// Small, so that the bound is met all the time.
inline constexpr Quota kStageCredit = {.bytes = 4000, .count = 4};

// What a sender may hold: at times less than the credit it is given, so that
// those before it are held up, at times more.
inline Quota RandomHeldQuota(Random& random) {
  const auto count = 2 + static_cast<int64_t>(random.Below(6));
  return {.bytes = 1000 * count, .count = count};
}

// A sender of `node` to whoever listens at `address`.
inline SenderOptions SimulatedSenderOptions(const std::string& node,
                                            const std::string& address,
                                            const Quota& held) {
  return {.sender = node,
          .receiver = address,
          .max_held = held,
          .reconnect = {.initial = absl::Milliseconds(20),
                        .max = absl::Milliseconds(500)},
          .open_timeout = absl::Seconds(1)};
}

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_WORLD_H_
