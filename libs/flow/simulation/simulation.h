#ifndef LIBS_FLOW_SIMULATION_SIMULATION_H_
#define LIBS_FLOW_SIMULATION_SIMULATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/flow/simulation/bug.h"

namespace phoenix::flow::simulation {

struct SimulationOptions {
  uint64_t seed = 0;
  Bug bug = Bug::kNone;
  bool trace = false;
};

struct SimulationResult {
  // Empty: every invariant held.
  std::vector<std::string> violations;

  // A line an event; empty unless asked for.
  std::vector<std::string> trace;

  absl::Duration elapsed;  // Simulated.
  int64_t steps = 0;
};

// Runs producer, ingestor, processor and sink through a few simulated seconds
// of faults, and then until everything has settled. The seed decides all. The
// invariants: nothing acknowledged is lost, every outcome is right and comes
// once, each key keeps its order, every bound holds, a receiver hands no batch
// on twice, and everything settles once the faults stop.
SimulationResult RunSimulation(const SimulationOptions& options);

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_SIMULATION_H_
