#include "libs/flow/outcome_collector.h"

#include <utility>

namespace phoenix::flow {

// The settle callback of one part; destroyed uncalled, the part is abandoned.
class OutcomeCollector::Part {
 public:
  Part(std::shared_ptr<OutcomeCollector> collector,
       std::vector<uint32_t> origins)
      : collector_(std::move(collector)), origins_(std::move(origins)) {}
  Part(Part&&) = default;
  Part& operator=(Part&&) = delete;

  ~Part() {
    if (collector_ != nullptr) collector_->Abandon();
  }

  void operator()(const BatchOutcome& outcome) {
    std::exchange(collector_, nullptr)->Finish(outcome, origins_);
  }

 private:
  std::shared_ptr<OutcomeCollector> collector_;
  std::vector<uint32_t> origins_;
};

std::shared_ptr<OutcomeCollector> OutcomeCollector::Create(
    const BatchView& input, SettleCallback settle) {
  return std::make_shared<OutcomeCollector>(input.batch->size(), input.rows,
                                            std::move(settle));
}

OutcomeCollector::OutcomeCollector(uint32_t size, std::vector<uint32_t> rows,
                                   SettleCallback settle)
    : rows_(std::move(rows)), outcome_(size), settle_(std::move(settle)) {}

OutcomeCollector::~OutcomeCollector() {
  if (!sealed_) Abandon();
}

void OutcomeCollector::Settle(const Selection& rows, Outcome outcome) {
  MutexLock lock(mutex_);
  outcome_.Merge(rows, outcome);
}

void OutcomeCollector::Settle(Outcome outcome, OutcomeDetail detail) {
  MutexLock lock(mutex_);
  outcome_.Merge(detail.row, outcome);
  outcome_.AddDetail(std::move(detail));
}

SettleCallback OutcomeCollector::AddPart() { return AddPart({}); }

SettleCallback OutcomeCollector::AddPart(std::vector<uint32_t> origins) {
  MutexLock lock(mutex_);
  ++outstanding_;
  return Part(shared_from_this(), std::move(origins));
}

void OutcomeCollector::Seal() {
  sealed_ = true;
  mutex_.Lock();
  FinishOne();
}

void OutcomeCollector::Finish(const BatchOutcome& outcome,
                              const std::vector<uint32_t>& origins) {
  mutex_.Lock();
  if (origins.empty()) {
    outcome_.Merge(outcome);
  } else {
    MergeRenumbered(outcome, origins);
  }
  FinishOne();
}

void OutcomeCollector::MergeRenumbered(const BatchOutcome& outcome,
                                       const std::vector<uint32_t>& origins) {
  for (uint32_t row = 0; row < outcome.size(); ++row) {
    outcome_.Merge(origins[row], outcome.at(row));
  }
  for (OutcomeDetail detail : outcome.details()) {
    detail.row = origins[detail.row];
    outcome_.AddDetail(std::move(detail));
  }
}

void OutcomeCollector::Abandon() {
  mutex_.Lock();
  abandoned_ = true;
  FinishOne();
}

void OutcomeCollector::FinishOne() {
  if (--outstanding_ > 0) {
    mutex_.Unlock();
    return;
  }
  SettleMissing();
  const BatchOutcome outcome = std::move(outcome_);
  SettleCallback settle = std::move(settle_);
  mutex_.Unlock();
  settle(outcome);
}

void OutcomeCollector::SettleMissing() {
  for (uint32_t row : rows_) {
    if (outcome_.at(row) != Outcome::kPending) continue;
    if (abandoned_) {
      outcome_.Merge(row, Outcome::kRetry);
      continue;
    }
    outcome_.Merge(row, Outcome::kRejected);
    outcome_.AddDetail(
        {row, "stage", absl::InternalError("no step or sink took the event")});
  }
}

}  // namespace phoenix::flow
