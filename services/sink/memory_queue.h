#ifndef SERVICES_SINK_MEMORY_QUEUE_H_
#define SERVICES_SINK_MEMORY_QUEUE_H_

#include "absl/functional/any_invocable.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

// The bounded queue in memory right before a sink, for who has something better
// to do than wait when it is full. First in, first out. Thread-safe.
class MemoryQueue {
 public:
  virtual ~MemoryQueue() = default;

  // Takes a view if there is room, and settles it once: all kRetry when the
  // sink is closed. False: no room, and neither was touched. `settle` may be
  // called before this returns.
  virtual bool TryOffer(BatchView& view, SettleCallback& settle) = 0;

  // Calls `ready` once, on any thread, when TryOffer is worth another try after
  // it was refused: at once if so already, or when the sink is closed.
  virtual void WhenReady(absl::AnyInvocable<void()> ready) = 0;
};

}  // namespace phoenix

#endif  // SERVICES_SINK_MEMORY_QUEUE_H_
