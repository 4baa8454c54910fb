#include "libs/component/held_rows.h"

#include <iterator>

namespace phoenix {

WriteInProgress::WriteInProgress(uint32_t batch_size, Selection rows,
                                 std::string component, SettleCallback settle,
                                 BatchIdentity identity)
    : rows_(std::move(rows)),
      component_(std::move(component)),
      identity_(std::move(identity)),
      settle_(std::move(settle)),
      outcome_(batch_size),
      unsettled_(rows_.size()) {
  if (unsettled_ == 0) settle_(outcome_);
}

void WriteInProgress::Settle(size_t begin, size_t end, Outcome outcome,
                             const absl::Status& why) {
  for (size_t i = begin; i < end; ++i) {
    outcome_.Merge(rows_[i], outcome);
    if (!why.ok()) outcome_.AddDetail({rows_[i], component_, why});
  }
  unsettled_ -= end - begin;
  if (begin < end && unsettled_ == 0) settle_(outcome_);
}

size_t HeldRows::size() const {
  size_t rows = 0;
  for (const Span& span : spans_) rows += span.end - span.begin;
  return rows;
}

void HeldRows::Take(HeldRows& other) {
  spans_.insert(spans_.end(), std::make_move_iterator(other.spans_.begin()),
                std::make_move_iterator(other.spans_.end()));
  other.spans_.clear();
}

void HeldRows::Settle(Outcome outcome, const absl::Status& why) {
  // A settled batch may make its owner write again: start anew before it.
  std::vector<Span> spans = std::move(spans_);
  spans_.clear();
  for (const Span& span : spans) {
    span.write->Settle(span.begin, span.end, outcome, why);
  }
}

}  // namespace phoenix
