#ifndef SERVICES_SINK_TESTING_FAKE_MEMORY_QUEUE_H_
#define SERVICES_SINK_TESTING_FAKE_MEMORY_QUEUE_H_

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "services/sink/memory_queue.h"

namespace phoenix {

// Holds as many views as it is told, until the test settles them.
// Thread-compatible.
class FakeMemoryQueue : public MemoryQueue {
 public:
  explicit FakeMemoryQueue(size_t capacity) : capacity_(capacity) {}

  bool TryOffer(BatchView& view, SettleCallback& settle) override {
    if (held_.size() >= capacity_) return false;
    held_.push_back({std::move(view), std::move(settle)});
    return true;
  }
  void WhenReady(absl::AnyInvocable<void()> ready) override {
    waiting_.push_back(std::move(ready));
  }

  size_t size() const { return held_.size(); }
  const BatchView& view(size_t i) const { return held_[i].view; }

  // Settles the first view, and tells who waits for room.
  void Settle(const BatchOutcome& outcome) {
    Held held = std::move(held_.front());
    held_.pop_front();
    held.settle(outcome);
    for (auto& ready : std::exchange(waiting_, {})) ready();
  }
  void Settle(Outcome outcome = Outcome::kDelivered) {
    BatchOutcome said(held_.front().view.batch->size());
    said.Merge(held_.front().view.rows, outcome);
    Settle(said);
  }

 private:
  struct Held {
    BatchView view;
    SettleCallback settle;
  };

  const size_t capacity_;
  std::deque<Held> held_;
  std::vector<absl::AnyInvocable<void()>> waiting_;
};

}  // namespace phoenix

#endif  // SERVICES_SINK_TESTING_FAKE_MEMORY_QUEUE_H_
