#ifndef LIBS_FLOW_SIMULATION_NODE_H_
#define LIBS_FLOW_SIMULATION_NODE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/receiver.h"
#include "libs/flow/simulation/world.h"

namespace phoenix::flow::simulation {

// What a node does with batches, for one life: its memory dies with it.
class Behaviour : public BatchHandler {
 public:
  // Checks the bounds of what it holds.
  virtual void Check(Ledger& ledger) const = 0;
};

// A stage of the pipeline that dies and comes back without its memory.
class Node {
 public:
  // Makes the behaviour of a new life; `life` counts from 1.
  using Birth = absl::AnyInvocable<std::shared_ptr<Behaviour>(int64_t life)>;

  // `world` must outlive the node. Begins its first life.
  Node(World& world, std::string name, Birth birth);
  ~Node() { Die(); }

  // Kills the node; it comes back after a while.
  void Crash();

  // Shows no credit for a while, as a stage does that is held up itself.
  void Stall();

  void Check() const;

 private:
  void Live();
  void Die();

  World& world_;
  const std::string name_;
  Birth birth_;
  int64_t life_ = 0;
  std::shared_ptr<Behaviour> behaviour_;
  std::shared_ptr<Receiver> receiver_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_NODE_H_
