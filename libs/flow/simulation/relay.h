#ifndef LIBS_FLOW_SIMULATION_RELAY_H_
#define LIBS_FLOW_SIMULATION_RELAY_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "libs/flow/sender.h"
#include "libs/flow/simulation/node.h"
#include "libs/flow/simulation/world.h"

namespace phoenix::flow::simulation {

// One life of an ingestor or a processor: settles some rows itself, sends the
// rest on, and settles them upstream when it is told. What the next stage does
// not take yet it keeps, in order; its own credit bounds that.
class Relay : public Behaviour, public std::enable_shared_from_this<Relay> {
 public:
  // The outcome of a row that ends here; kPending for one that goes on.
  using Rule = Outcome (*)(World& world, int64_t event);

  Relay(World& world, std::string name, std::string next, Rule rule,
        int64_t life);

  // Only the first stage is told: it reports every batch to the ledger, which
  // then knows whether it is handed on twice in one life.
  void ReportBatches() { reports_ = true; }

  void Handle(BatchView view, SettleCallback settle) override;
  void Check(Ledger& ledger) const override;

 private:
  struct Waiting {
    BatchView view;
    SettleCallback settle;
  };

  void OfferWaiting();

  World& world_;
  const std::string name_;
  const Rule rule_;
  const int64_t life_;
  const Quota held_quota_;
  bool reports_ = false;
  bool telling_ = false;  // WhenReady is outstanding.
  std::unique_ptr<Connector> connector_;
  std::shared_ptr<Sender> sender_;
  std::deque<Waiting> waiting_;
  std::vector<SettleCallback> lost_;  // By Bug::kLoseOutcome.
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_RELAY_H_
