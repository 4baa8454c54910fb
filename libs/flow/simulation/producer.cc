#include "libs/flow/simulation/producer.h"

#include <utility>

#include "libs/flow/simulation/event_numbers.h"

namespace phoenix::flow::simulation {
namespace {

constexpr absl::Duration kMaxPause = absl::Milliseconds(60);
constexpr int64_t kMaxEvents = 6;

}  // namespace

Producer::~Producer() {
  over_ = true;
  sender_->Close(absl::CancelledError("the run is over"));
}

Producer::Producer(World& world, const std::string& address)
    : world_(world),
      held_quota_(RandomHeldQuota(world.scheduler.random())),
      connector_(world.network.NewConnector("producer", address)),
      backoff_(
          {.initial = absl::Milliseconds(10), .max = absl::Milliseconds(200)}) {
  sender_ =
      Sender::Create(SimulatedSenderOptions("producer", address, held_quota_),
                     {*connector_, world.scheduler, world.scheduler,
                      world.scheduler.random().Next()});
}

void Producer::Start(int batches) {
  batches_left_ = batches;
  MakeBatch();
}

void Producer::MakeBatch() {
  if (batches_left_ == 0) return;
  --batches_left_;
  const auto count =
      1 + static_cast<int64_t>(world_.scheduler.random().Below(kMaxEvents));
  for (int64_t i = 0; i < count; ++i) world_.ledger.Offered(next_event_ + i);
  Enqueue(MakeEvents(next_event_, count));
  next_event_ += count;
  world_.scheduler.RunAfter(world_.scheduler.RandomDelay(kMaxPause),
                            [self = shared_from_this()] { self->MakeBatch(); });
}

void Producer::Enqueue(BatchView view) {
  waiting_.push_back(std::move(view));
  OfferWaiting();
}

void Producer::OfferWaiting() {
  while (!waiting_.empty()) {
    const int64_t attempt = ++last_attempt_;
    SettleCallback settle = [this, view = waiting_.front(),
                             attempt](const BatchOutcome& outcome) {
      OnSettled(view, attempt, outcome);
    };
    BatchView stamped = Stamp(waiting_.front(), attempt);
    if (!sender_->Offer(std::move(stamped), std::move(settle)).ok()) break;
    waiting_.pop_front();
  }
  if (waiting_.empty() || telling_) return;
  telling_ = true;
  sender_->WhenReady([weak = weak_from_this()] {
    if (auto producer = weak.lock()) {
      producer->telling_ = false;
      producer->OfferWaiting();
    }
  });
}

void Producer::OnSettled(const BatchView& view, int64_t attempt,
                         const BatchOutcome& outcome) {
  if (over_) return;
  world_.ledger.Settled(attempt);
  BatchView again{view.batch, {}};
  for (uint32_t row : view.rows) {
    world_.ledger.Acknowledged(EventAt(view, row), outcome.at(row));
    if (outcome.at(row) == Outcome::kRetry) again.rows.push_back(row);
  }
  world_.trace.Add("producer hears of ", view.rows.size(), " events from ",
                   EventAt(view, view.rows[0]), ", ", again.rows.size(),
                   " to retry");
  if (again.rows.empty()) {
    backoff_.Reset();
  } else {
    RetryLater(std::move(again));
  }
}

void Producer::RetryLater(BatchView view) {
  world_.scheduler.RunAfter(
      backoff_.Next(world_.scheduler.random()),
      [weak = weak_from_this(), view = std::move(view)]() mutable {
        if (auto producer = weak.lock()) producer->Enqueue(std::move(view));
      });
}

void Producer::Check() const {
  world_.ledger.CheckBound("producer sender", sender_->stats().held,
                           held_quota_);
}

}  // namespace phoenix::flow::simulation
