#include "libs/flow/simulation/sink.h"

#include <utility>

#include "libs/flow/simulation/event_numbers.h"

namespace phoenix::flow::simulation {
namespace {

constexpr double kRetryRatio = 0.05;
constexpr absl::Duration kMaxSettleDelay = absl::Milliseconds(40);

}  // namespace

void Sink::Handle(BatchView view, SettleCallback settle) {
  BatchOutcome outcome(view.batch->size());
  if (world_.scheduler.random().Chance(kRetryRatio)) {
    outcome.Merge(view.rows, Outcome::kRetry);
    for (uint32_t row : view.rows) world_.ledger.Retried(EventAt(view, row));
    world_.trace.Add("sink asks for a retry from ",
                     EventAt(view, view.rows[0]));
  } else {
    Write(view, outcome);
  }
  world_.scheduler.RunAfter(
      world_.scheduler.RandomDelay(kMaxSettleDelay),
      [alive = weak_from_this(), outcome = std::move(outcome),
       settle = std::move(settle)]() mutable {
        if (!alive.expired()) settle(outcome);
      });
}

void Sink::Write(const BatchView& view, BatchOutcome& outcome) {
  world_.trace.Add("sink writes ", view.rows.size(), " events from ",
                   EventAt(view, view.rows[0]));
  for (uint32_t row : view.rows) {
    const int64_t event = EventAt(view, row);
    if (IsRejected(event)) {
      outcome.Merge(row, Outcome::kRejected);
    } else {
      world_.ledger.Written(event);
      outcome.Merge(row, Outcome::kDelivered);
    }
  }
}

}  // namespace phoenix::flow::simulation
