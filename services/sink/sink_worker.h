#ifndef SERVICES_SINK_SINK_WORKER_H_
#define SERVICES_SINK_SINK_WORKER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/sink.h"
#include "libs/engine/sink_port.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "libs/telemetry/buffer_metrics.h"
#include "services/sink/memory_queue.h"

namespace phoenix {

// One sink with its bounded queue and its thread: takes views from any lane,
// writes them in the order in which they came, and settles them. Thread-safe.
//
// The queue holds MaxSinkQueueBytes (libs/engine/sink_queue_bound.h) at most:
// `queue_bytes`, or one single view that is larger than that. Views that wait
// for room, a blocked caller's or OfferLater's, are not in it; the doors'
// budget bounds the events that they are made of.
//
// Life: Open; Offer any number of times; Drain; Close.
class SinkWorker : public SinkPort,
                   public MemoryQueue,
                   private flow::BatchHandler {
 public:
  struct Options {
    std::string name;
    int64_t queue_bytes = 16 << 20;  // Of views not settled.
  };

  // `metrics` and `clock` outlive the worker.
  SinkWorker(Options options, std::unique_ptr<Sink> sink,
             BufferMetrics& metrics, Clock& clock);

  // Stops; what is queued is settled as kRetry.
  ~SinkWorker() override;

  // Opens the sink on its thread and returns its answer.
  absl::Status Open();

  void Offer(BatchView view, SettleCallback settle) override;
  void OfferLater(BatchView view, SettleCallback settle) override;
  const std::string& name() const override { return options_.name; }

  bool TryOffer(BatchView& view, SettleCallback& settle) override;
  void WhenReady(absl::AnyInvocable<void()> ready) override {
    sender_->WhenReady(std::move(ready));
  }

  // Has the sink flush soon though nothing was written, so that it can look at
  // what changed without it.
  void Refresh();

  // Ends what the sink waits for: what is queued settles soon, as kRetry unless
  // it is written without waiting.
  void Cancel() { sink_->Cancel(); }

  // Flushes and closes the sink, and ends the thread. Blocks.
  absl::Status Close();

  // The stream that is the queue, for who publishes its numbers.
  std::shared_ptr<const flow::Sender> stream() const { return sender_; }

  // How full the queue is, 0 to 1.
  double fill_ratio() const { return metrics_.fill_ratio(); }

  // See Sink::Report; after Close.
  std::vector<std::string> Report() const { return sink_->Report(); }

 private:
  void Handle(BatchView view, SettleCallback settle) override;
  SettleCallback Counted(const BatchView& view, SettleCallback settle);
  void OfferWhenReady(BatchView view, SettleCallback settle);
  void FlushSoon();
  void FlushNow();

  const Options options_;
  const std::unique_ptr<Sink> sink_;
  BufferMetrics& metrics_;
  flow::Lane lane_;
  std::shared_ptr<flow::Receiver> receiver_;
  flow::InProcessConnector connector_;
  std::shared_ptr<flow::Sender> sender_;
  bool flush_pending_ = false;  // On the lane only.
  std::atomic<bool> refresh_pending_ = false;
  bool opened_ = false;  // By the owner's thread only.
};

}  // namespace phoenix

#endif  // SERVICES_SINK_SINK_WORKER_H_
