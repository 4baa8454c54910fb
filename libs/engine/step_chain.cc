#include "libs/engine/step_chain.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libs/event/payload_bytes.h"

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

StepChain::StepChain(absl::Span<const CompiledStep> steps,
                     StepObserver* observer, Clock& clock)
    : steps_(steps), observer_(observer), clock_(clock) {}

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
  StepObserver::Run seen;
  if (observer_ != nullptr) {
    seen.step = index;
    seen.received = result.rows.size();
    seen.received_bytes = PayloadBytes(*frame.batch(), result.rows);
    seen.nanos = clock_.MonotonicNanos();
  }
  StepRun run(frame, result.rows);
  steps_[index].op->Process(run);
  const size_t dropped_before = result.dropped.size();
  if (!run.failed().empty()) {
    seen.failed = run.failed().size();
    seen.error_type = absl::StatusCodeToString(run.failed()[0].status.code());
    Sort(index, run.failed(), result);
  }
  result.filtered[index] = std::move(run.filtered());

  if (observer_ == nullptr) return;
  seen.sent = result.rows.size();
  seen.sent_bytes = PayloadBytes(*frame.batch(), result.rows);
  seen.filtered = result.filtered[index].size();
  seen.dropped = result.dropped.size() - dropped_before;
  seen.nanos = clock_.MonotonicNanos() - seen.nanos;
  observer_->OnStep(seen);
}

void StepChain::Sort(size_t index, RowErrors& failed,
                     StepsResult& result) const {
  const OnError on_error = steps_[index].on_error;
  if (on_error == OnError::kKeep) {
    Keep(failed, result.rows);
    return;
  }
  auto& to = on_error == OnError::kDrop ? result.dropped : result.dead;
  for (RowError& error : failed) {
    to.push_back(
        {error.row, static_cast<uint32_t>(index), std::move(error.status)});
  }
}

}  // namespace phoenix
