#include "libs/sinks/kafka/pending_writes.h"

#include <utility>

namespace phoenix {

PendingWrite::PendingWrite(BatchView view, std::string component,
                           SettleCallback settle)
    : view_(std::move(view)),
      memory_bytes_(view_.memory_bytes() + view_.rows.size() * sizeof(Row)),
      in_progress_(view_.batch->size(), view_.rows, std::move(component),
                   std::move(settle)),
      places_(view_.rows.size(), Row{this}) {}

void PendingWrite::Settle(size_t index, Outcome outcome,
                          const absl::Status& why) {
  in_progress_.Settle(index, index + 1, outcome, why);
}

PendingWrite* PendingWrites::Add(BatchView view, const std::string& component,
                                 SettleCallback settle) {
  auto write = std::make_unique<PendingWrite>(std::move(view), component,
                                              std::move(settle));
  if (write->settled()) return nullptr;
  memory_bytes_ += write->memory_bytes();
  writes_.push_back(std::move(write));
  writes_.back()->self_ = std::prev(writes_.end());
  return writes_.back().get();
}

void PendingWrites::Settle(const PendingWrite::Row* row, Outcome outcome,
                           const absl::Status& why) {
  PendingWrite& write = *row->write;
  write.Settle(write.IndexOf(row), outcome, why);
  if (!write.settled()) return;
  memory_bytes_ -= write.memory_bytes();
  writes_.erase(write.self_);
}

}  // namespace phoenix
