#ifndef SERVICES_SINK_FULL_QUEUE_H_
#define SERVICES_SINK_FULL_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/engine/sink_port.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/pipeline/sink_queue.h"
#include "libs/telemetry/log.h"
#include "services/sink/memory_queue.h"

namespace phoenix {

// What a full queue does with new views, when it does not let them wait: counts
// and logs them, and settles them as kRejected, with a reason that becomes the
// dead letter's, or as kDropped. Thread-safe.
class FullQueuePolicy {
 public:
  // `sink` is its name in the pipeline file.
  FullQueuePolicy(std::string sink, FullQueue when_full);

  // Whether views wait for room; then nothing is to be turned away.
  bool waits() const {
    return when_full_ == FullQueue::kBlock ||
           when_full_ == FullQueue::kDropOldest;
  }

  // Settles a view for which there is no room; `why` is a lower-case fragment.
  void TurnAway(const BatchView& view, std::string_view why,
                SettleCallback& settle);

  // Events, since the start.
  uint64_t turned_away_events() const { return turned_away_; }

 private:
  const std::string sink_;
  const FullQueue when_full_;
  const Logger log_;
  std::atomic<uint64_t> turned_away_ = 0;
};

// A queue in memory alone whose views never wait: those that find no room are
// turned away. Thread-safe.
class SheddingPort : public SinkPort {
 public:
  // `queue` and `policy` outlive the port.
  SheddingPort(std::string sink, MemoryQueue& queue, FullQueuePolicy& policy)
      : sink_(std::move(sink)), queue_(queue), policy_(policy) {}

  const std::string& name() const override { return sink_; }
  void Offer(BatchView view, SettleCallback settle) override;
  void OfferLater(BatchView view, SettleCallback settle) override {
    Offer(std::move(view), std::move(settle));
  }

 private:
  const std::string sink_;
  MemoryQueue& queue_;
  FullQueuePolicy& policy_;
};

}  // namespace phoenix

#endif  // SERVICES_SINK_FULL_QUEUE_H_
