#ifndef LIBS_FLOW_SIMULATION_NETWORK_H_
#define LIBS_FLOW_SIMULATION_NETWORK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "libs/flow/receiver.h"
#include "libs/flow/simulation/bug.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/simulation/trace.h"
#include "libs/flow/transport.h"

namespace phoenix::flow::simulation {

// A network that misbehaves as TCP lets it: frames of a connection come in
// order, late, and at times twice; a connection may be cut at any moment, and
// its two ends learn of it at different times, while frames that were under way
// still arrive, perhaps after those of the next connection. Thread-compatible.
class Network {
 public:
  // All must outlive the network.
  Network(Scheduler& scheduler, Trace& trace, Bug bug)
      : scheduler_(scheduler), trace_(trace), bug_(bug) {}

  // Who answers at `address`; null: nobody, until the next call.
  void Listen(const std::string& address, std::shared_ptr<Receiver> receiver);

  // Connects a node to whoever listens at `address`. The network outlives it.
  std::unique_ptr<Connector> NewConnector(std::string node,
                                          std::string address);

  // The node dies: what it has sent may arrive, what is under way to it is
  // lost, and it says no goodbye.
  void Crash(const std::string& node);

  // Cuts one connection, chosen by chance.
  void CutOne();

  // From now on nothing misbehaves, but for the usual delay.
  void Calm() { calm_ = true; }

 private:
  friend class SimulatedConnector;
  class Link;

  std::shared_ptr<SenderTransport> Connect(
      const std::string& node, const std::string& address,
      std::shared_ptr<SenderListener> listener);
  std::vector<std::shared_ptr<Link>> OpenLinks();

  Scheduler& scheduler_;
  Trace& trace_;
  const Bug bug_;
  bool calm_ = false;
  int64_t last_link_ = 0;
  std::map<std::string, std::shared_ptr<Receiver>> receivers_;
  std::map<int64_t, std::weak_ptr<Link>> links_;

  // For Bug::kNoResend: the highest sequence ever sent of a stream.
  std::map<std::string, int64_t> highest_sent_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_NETWORK_H_
