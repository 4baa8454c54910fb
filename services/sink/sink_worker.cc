#include "services/sink/sink_worker.h"

#include <atomic>
#include <future>
#include <utility>

#include "services/sink/settle_rows.h"

namespace phoenix {
namespace {

// Blocks until the sender may take a batch.
void WaitUntilReady(flow::Sender& sender) {
  auto ready = std::make_shared<std::promise<void>>();
  std::future<void> answer = ready->get_future();
  sender.WhenReady([ready] { ready->set_value(); });
  answer.wait();
}

// A view that waits for room.
struct Queued {
  BatchView view;
  SettleCallback settle;
};

// A view that is counted by whoever comes first of the offer that was taken and
// its outcome, so that a refusal counts nothing.
struct CountedOffer {
  explicit CountedOffer(SettleCallback told) : settle(std::move(told)) {}

  SettleCallback settle;
  std::atomic_flag counted;
};

}  // namespace

SinkWorker::SinkWorker(Options options, std::unique_ptr<Sink> sink,
                       BufferMetrics& metrics, Clock& clock)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      metrics_(metrics),
      lane_({.name = options_.name}, clock),
      receiver_(flow::Receiver::Create(
          {.name = options_.name,
           .credit = {.bytes = options_.queue_bytes, .count = 1 << 16}},
          {*this, lane_, options_.name})),
      connector_(receiver_, lane_),
      sender_(flow::Sender::Create(
          {.sender = "lanes",
           .receiver = options_.name,
           .max_held = {.bytes = options_.queue_bytes, .count = 1 << 16}},
          {connector_, lane_, clock, /*random_seed=*/1})) {}

SinkWorker::~SinkWorker() {
  sender_->Close(absl::UnavailableError("the sink is closed"));
  lane_.Stop();
}

absl::Status SinkWorker::Open() {
  std::promise<absl::Status> opened;
  absl::Status started = lane_.Run([&] { opened.set_value(sink_->Open()); });
  if (!started.ok()) return started;
  absl::Status status = opened.get_future().get();
  opened_ = status.ok();
  return status;
}

SettleCallback SinkWorker::Counted(const BatchView& view,
                                   SettleCallback settle) {
  const uint64_t events = view.rows.size();
  const uint64_t bytes = view.memory_bytes();
  metrics_.Put(events, bytes);
  return [this, events, bytes,
          settle = std::move(settle)](const BatchOutcome& outcome) mutable {
    metrics_.Take(events, bytes);
    settle(outcome);
  };
}

void SinkWorker::Offer(BatchView view, SettleCallback settle) {
  settle = Counted(view, std::move(settle));
  while (true) {
    absl::Status taken = sender_->Offer(std::move(view), std::move(settle));
    if (taken.ok()) return;
    if (!absl::IsResourceExhausted(taken)) {
      SettleRows(view, Outcome::kRetry, options_.name, taken, settle);
      return;
    }
    WaitUntilReady(*sender_);
  }
}

void SinkWorker::OfferLater(BatchView view, SettleCallback settle) {
  settle = Counted(view, std::move(settle));
  OfferWhenReady(std::move(view), std::move(settle));
}

void SinkWorker::OfferWhenReady(BatchView view, SettleCallback settle) {
  absl::Status taken = sender_->Offer(std::move(view), std::move(settle));
  if (taken.ok()) return;
  if (!absl::IsResourceExhausted(taken)) {
    SettleRows(view, Outcome::kRetry, options_.name, taken, settle);
    return;
  }
  auto waiting =
      std::make_shared<Queued>(Queued{std::move(view), std::move(settle)});
  sender_->WhenReady([this, waiting] {
    OfferWhenReady(std::move(waiting->view), std::move(waiting->settle));
  });
}

bool SinkWorker::TryOffer(BatchView& view, SettleCallback& settle) {
  const uint64_t events = view.rows.size();
  const uint64_t bytes = view.memory_bytes();
  // Shared, because a refusal gives the callback back.
  auto offer = std::make_shared<CountedOffer>(std::move(settle));
  SettleCallback counted = [=, this](const BatchOutcome& outcome) {
    if (!offer->counted.test_and_set()) metrics_.Put(events, bytes);
    metrics_.Take(events, bytes);
    offer->settle(outcome);
  };
  const absl::Status taken =
      sender_->Offer(std::move(view), std::move(counted));
  if (taken.ok()) {
    if (!offer->counted.test_and_set()) metrics_.Put(events, bytes);
    return true;
  }
  settle = std::move(offer->settle);
  if (absl::IsResourceExhausted(taken)) return false;
  SettleRows(view, Outcome::kRetry, options_.name, taken, settle);
  return true;
}

void SinkWorker::Handle(BatchView view, SettleCallback settle) {
  sink_->Write(std::move(view), std::move(settle));
  FlushSoon();
}

void SinkWorker::FlushSoon() {
  if (flush_pending_) return;
  flush_pending_ = true;
  // Behind the batches that already wait: a busy sink flushes when its own
  // buffer is full, an idle one at once.
  if (!lane_.Run([this] { FlushNow(); }).ok()) FlushNow();
}

void SinkWorker::FlushNow() {
  flush_pending_ = false;
  sink_->Flush();
}

void SinkWorker::Refresh() {
  if (refresh_pending_.exchange(true)) return;
  const absl::Status queued = lane_.Run([this] {
    refresh_pending_ = false;
    sink_->Flush();
  });
  if (!queued.ok()) refresh_pending_ = false;
}

absl::Status SinkWorker::Close() {
  sender_->Close(absl::UnavailableError("the sink is closed"));
  if (!opened_) return absl::OkStatus();
  opened_ = false;
  std::promise<absl::Status> closed;
  absl::Status started = lane_.Run([&] { closed.set_value(sink_->Close()); });
  if (!started.ok()) return started;
  absl::Status status = closed.get_future().get();
  lane_.Drain();
  return status;
}

}  // namespace phoenix
