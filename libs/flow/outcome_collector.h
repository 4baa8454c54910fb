#ifndef LIBS_FLOW_OUTCOME_COLLECTOR_H_
#define LIBS_FLOW_OUTCOME_COLLECTOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix::flow {

// Brings the outcomes of one input batch together: its rows were filtered or
// failed at once, or went on in parts to several destinations. When the
// collector is sealed and every part has settled, the batch is settled
// upstream, once, on the thread of whoever came last. A row has the greatest
// outcome of its ways (see Outcome).
//
//   auto collector = OutcomeCollector::Create(view, std::move(settle));
//   collector->Settle(dropped, Outcome::kFiltered);
//   archive->Offer({batch, rows}, collector->AddPart());
//   alerts->Offer({batch, hot_rows}, collector->AddPart());
//   collector->Seal();
//
// Costs one byte a row and one merge over those bytes a part. Thread-safe:
// parts settle on any thread. Parts keep the collector alive.
class OutcomeCollector : public std::enable_shared_from_this<OutcomeCollector> {
 public:
  // Rows of `input.batch` that are not in `input.rows` are not looked at. The
  // batch itself is not kept.
  static std::shared_ptr<OutcomeCollector> Create(const BatchView& input,
                                                  SettleCallback settle);

  // Use Create.
  OutcomeCollector(uint32_t size, std::vector<uint32_t> rows,
                   SettleCallback settle);

  // Never sealed: an abandoned batch, whose missing outcomes are kRetry.
  ~OutcomeCollector();

  OutcomeCollector(const OutcomeCollector&) = delete;
  OutcomeCollector& operator=(const OutcomeCollector&) = delete;

  // Gives `rows` an outcome at once. Before Seal only.
  void Settle(const Selection& rows, Outcome outcome);

  // Gives one row an outcome with its reason. Before Seal only.
  void Settle(Outcome outcome, OutcomeDetail detail);

  // The settle callback of one more part: a view of the same batch, or of one
  // with the same rows. Before Seal only. The part counts until the callback is
  // called; destroyed uncalled it counts as kRetry of the rows that have no
  // outcome otherwise.
  SettleCallback AddPart();

  // As AddPart, when row i of the part's batch stands for row `origins[i]` of
  // the input: an operator that renumbers or multiplies rows.
  SettleCallback AddPart(std::vector<uint32_t> origins);

  // Says that no outcome and no part will be added. Settles at once when no
  // part is outstanding. A row that went nowhere is a mistake of the caller:
  // it is settled as kRejected, with a detail that says so.
  void Seal();

 private:
  class Part;

  void Finish(const BatchOutcome& outcome,
              const std::vector<uint32_t>& origins);
  void Abandon();
  void MergeRenumbered(const BatchOutcome& outcome,
                       const std::vector<uint32_t>& origins)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SettleMissing() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Gives the lock up before it settles.
  void FinishOne() ABSL_UNLOCK_FUNCTION(mutex_);

  const std::vector<uint32_t> rows_;
  bool sealed_ = false;  // The owner's alone.
  Mutex mutex_;
  int outstanding_ ABSL_GUARDED_BY(mutex_) = 1;  // One until it is sealed.
  bool abandoned_ ABSL_GUARDED_BY(mutex_) = false;
  BatchOutcome outcome_ ABSL_GUARDED_BY(mutex_);
  SettleCallback settle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_OUTCOME_COLLECTOR_H_
