#include "libs/flow/simulation/relay.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/flow/outcome_collector.h"
#include "libs/flow/simulation/event_numbers.h"

namespace phoenix::flow::simulation {
namespace {

// How often the bugs strike that strike once in a while.
constexpr double kBugRatio = 0.1;

}  // namespace

Relay::Relay(World& world, std::string name, std::string next, Rule rule,
             int64_t life)
    : world_(world),
      name_(std::move(name)),
      rule_(rule),
      life_(life),
      held_quota_(RandomHeldQuota(world.scheduler.random())) {
  connector_ = world.network.NewConnector(name_, next);
  sender_ = Sender::Create(SimulatedSenderOptions(name_, next, held_quota_),
                           {*connector_, world.scheduler, world.scheduler,
                            world.scheduler.random().Next()});
}

void Relay::Handle(BatchView view, SettleCallback settle) {
  const int64_t first = EventAt(view, view.rows[0]);
  world_.trace.Add(name_, "/", life_, " takes ", view.rows.size(),
                   " events from ", first);
  if (reports_) world_.ledger.HandedOn(life_, first, AttemptOf(view));
  if (world_.bug == Bug::kLoseOutcome &&
      world_.scheduler.random().Chance(kBugRatio)) {
    lost_.push_back(std::move(settle));
    return;
  }
  auto collector = OutcomeCollector::Create(view, std::move(settle));
  Selection rest;
  for (uint32_t row : view.rows) {
    const Outcome outcome = rule_(world_, EventAt(view, row));
    if (outcome == Outcome::kPending) {
      rest.push_back(row);
    } else {
      collector->Settle({row}, outcome);
    }
  }
  if (!rest.empty()) {
    SettleCallback part = collector->AddPart();
    if (world_.bug == Bug::kAckBeforeDelivery) {
      part(BatchOutcome(view.batch->size(), Outcome::kDelivered));
      part = [](const BatchOutcome&) {};
    }
    const auto where =
        world_.bug == Bug::kReorder ? waiting_.begin() : waiting_.end();
    waiting_.insert(where, {{view.batch, std::move(rest)}, std::move(part)});
  }
  collector->Seal();
  OfferWaiting();
}

void Relay::OfferWaiting() {
  while (!waiting_.empty()) {
    Waiting& next = waiting_.front();
    if (!sender_->Offer(std::move(next.view), std::move(next.settle)).ok()) {
      break;
    }
    waiting_.pop_front();
  }
  if (waiting_.empty() || telling_) return;
  telling_ = true;
  sender_->WhenReady([weak = weak_from_this()] {
    if (auto relay = weak.lock()) {
      relay->telling_ = false;
      relay->OfferWaiting();
    }
  });
}

void Relay::Check(Ledger& ledger) const {
  ledger.CheckBound(absl::StrCat(name_, " sender"), sender_->stats().held,
                    held_quota_);
  ledger.CheckBound(absl::StrCat(name_, " on the way"),
                    sender_->stats().on_the_way, kStageCredit);
  // At most what upstream may have unanswered here.
  const auto waiting = static_cast<int64_t>(waiting_.size());
  ledger.CheckBound(absl::StrCat(name_, " waiting"), {.count = waiting},
                    {.count = 4 * kStageCredit.count});
}

}  // namespace phoenix::flow::simulation
