#ifndef LIBS_FLOW_SIMULATION_LEDGER_H_
#define LIBS_FLOW_SIMULATION_LEDGER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/event/outcome.h"
#include "libs/flow/credit.h"
#include "libs/flow/simulation/trace.h"

namespace phoenix::flow::simulation {

// Keeps the books of a run, as an auditor outside of the pipeline: what was
// offered, written and acknowledged, and whether that may be. What the ledger
// notes survives every simulated death. Thread-compatible.
class Ledger {
 public:
  explicit Ledger(Trace& trace) : trace_(trace) {}

  // The producer has offered an event for the first time.
  void Offered(int64_t event) { open_.insert(event); }

  // The sink has written an event, or the dead-letter sink has. Checked: the
  // order of each key, by the first time that an event is written.
  void Written(int64_t event);
  void DeadLettered(int64_t event) { dead_lettered_.insert(event); }

  // The sink has told the event to come again, so it may come late.
  void Retried(int64_t event) { retried_.insert(event); }

  // The producer has heard an outcome. Checked: it is what the event's number
  // demands, nothing says delivered that is not written, nothing final comes
  // twice.
  void Acknowledged(int64_t event, Outcome outcome);

  // A batch that the producer sent, numbered by attempt, is settled. Checked:
  // once.
  void Settled(int64_t attempt);

  // Life number `life` of the first stage was handed that attempt. Checked:
  // once a life.
  void HandedOn(int64_t life, int64_t first_event, int64_t attempt);

  // Checked: `used` is within `quota`, but for one batch on its own.
  void CheckBound(const std::string& what, const Quota& used,
                  const Quota& quota);

  void Violation(const std::string& what);

  // Events that were offered and have no final outcome yet.
  size_t open() const { return open_.size(); }

  const std::vector<std::string>& violations() const { return violations_; }

 private:
  Trace& trace_;
  std::set<int64_t> open_, written_, dead_lettered_, retried_, attempts_;
  std::map<int64_t, Outcome> outcomes_;
  std::map<int64_t, int64_t> last_of_key_;
  std::set<std::pair<int64_t, int64_t>> handed_on_;
  std::vector<std::string> violations_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_LEDGER_H_
