#include "libs/engine/step_chain.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace phoenix {
namespace {

// Puts rows that failed back among those that go on.
void Keep(const RowErrors& failed, Selection& rows) {
  Selection kept;
  kept.reserve(failed.size());
  for (const RowError& error : failed) kept.push_back(error.row);
  std::sort(kept.begin(), kept.end());
  Selection merged;
  merged.reserve(rows.size() + kept.size());
  std::merge(rows.begin(), rows.end(), kept.begin(), kept.end(),
             std::back_inserter(merged));
  rows = std::move(merged);
}

}  // namespace

StepChain::StepChain(std::vector<ChainStep> steps, StepObserver* observer,
                     Clock& clock)
    : steps_(std::move(steps)), observer_(observer), clock_(clock) {}

void StepChain::Run(Frame& frame, size_t first_step,
                    StepsResult& result) const {
  result.filtered.resize(steps_.size());
  for (Selection& rows : result.filtered) rows.clear();
  result.dead.clear();
  result.dropped.clear();
  for (size_t i = first_step; i < steps_.size() && !result.rows.empty(); ++i) {
    RunStep(i, frame, result);
  }
}

void StepChain::RunStep(size_t index, Frame& frame, StepsResult& result) const {
  const size_t received = result.rows.size();
  const int64_t began = observer_ != nullptr ? clock_.MonotonicNanos() : 0;

  StepRun run(frame, result.rows);
  steps_[index].op->Process(run);

  RowErrors& failed = run.failed();
  const size_t failed_count = failed.size();
  if (!failed.empty()) {
    if (steps_[index].on_error == OnError::kKeep) {
      Keep(failed, result.rows);
    } else {
      auto& to = steps_[index].on_error == OnError::kDrop ? result.dropped
                                                          : result.dead;
      for (RowError& error : failed) {
        to.push_back({error.row, static_cast<uint32_t>(index),
                      std::move(error.status)});
      }
    }
  }
  result.filtered[index] = std::move(run.filtered());

  if (observer_ == nullptr) return;
  observer_->OnStep({.step = index,
                     .received = received,
                     .sent = result.rows.size(),
                     .filtered = result.filtered[index].size(),
                     .failed = failed_count,
                     .nanos = clock_.MonotonicNanos() - began});
}

}  // namespace phoenix
