#ifndef LIBS_FLOW_SIMULATION_SINK_H_
#define LIBS_FLOW_SIMULATION_SINK_H_

#include <memory>

#include "libs/flow/simulation/node.h"
#include "libs/flow/simulation/world.h"

namespace phoenix::flow::simulation {

// One life of a sink: writes batches as they come and says so later, unless it
// dies in between. Sometimes it asks for a retry instead.
class Sink : public Behaviour, public std::enable_shared_from_this<Sink> {
 public:
  explicit Sink(World& world) : world_(world) {}

  void Handle(BatchView view, SettleCallback settle) override;
  void Check(Ledger&) const override {}

 private:
  void Write(const BatchView& view, BatchOutcome& outcome);

  World& world_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_SINK_H_
