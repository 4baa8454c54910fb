#ifndef LIBS_COMPONENT_TESTING_FAKE_OUTLET_H_
#define LIBS_COMPONENT_TESTING_FAKE_OUTLET_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/base/mutex.h"
#include "libs/component/source.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {

// A pipeline for the tests of sources: takes batches while it has credit, keeps
// what it was given, and settles when it is told to, or by itself at once.
// Waits give up after a minute, so that a source that hangs fails its test.
// Thread-safe.
class FakeOutlet : public Outlet {
 public:
  static constexpr size_t kUnlimited = ~size_t{0};

  // One event as it was offered.
  struct Event {
    uint64_t lane = 0;
    std::string payload;
  };

  // One row of unreadable input as it was offered.
  struct Unreadable {
    std::string bytes;
    std::string place;
    std::string id;
    std::string error;
  };

  absl::Status Offer(EventBatchPtr batch, uint64_t lane,
                     SettleCallback settle) override;
  absl::Status OfferUnreadable(UnreadableInput input,
                               SettleCallback settle) override;
  void WhenReady(absl::AnyInvocable<void()> ready) override;
  void CountRejected(uint64_t events, const char* reason) override;
  AckLevel ack_level() const override { return ack_level_; }

  // Before the source starts.
  void SetAckLevel(AckLevel level) { ack_level_ = level; }

  // How many more batches are taken before credit is refused. Raising it calls
  // who waits for it. Unlimited at first.
  void SetCredit(size_t batches);

  // Every offer fails with `status` from now on, until it is OK again.
  void Refuse(absl::Status status);

  // Whether batches settle as soon as they are offered, on the offering thread
  // (at first: delivered, or dead-lettered), or wait for Settle.
  void SetAutoSettle(bool on);

  // Settles the oldest batches that wait, each row with `outcome`, and returns
  // how many. `count` bounds them.
  size_t Settle(Outcome outcome = Outcome::kDelivered,
                size_t count = kUnlimited);

  // Settles the oldest batch that waits as `decide` says.
  bool SettleWith(const std::function<BatchOutcome(const EventBatch&)>& decide);

  // Waits until at least `count` events have been taken; false when that takes
  // more than a minute. The others wait alike.
  bool WaitForEvents(size_t count);
  bool WaitForRejected(uint64_t count);
  bool WaitForUnreadable(size_t count);
  bool WaitForRefusals(size_t count);
  bool WaitForWaiters(size_t count);

  // Everything taken so far, in order of arrival.
  std::vector<Event> events() const;
  std::vector<std::string> payloads() const;
  std::vector<EventBatchPtr> batches() const;

  // Rows that could not be read, in order of arrival.
  std::vector<Unreadable> unreadable() const;

  // By reason, and in all; unreadable rows among them.
  std::map<std::string, uint64_t> rejected() const;
  uint64_t rejected_count() const;

  size_t event_count() const;
  size_t unsettled_count() const;  // Batches.
  size_t refusal_count() const;    // Offers refused.
  size_t waiter_count() const;     // Calls to WhenReady that still wait.

 private:
  struct Taken {
    EventBatchPtr batch;
    SettleCallback settle;
  };

  bool WaitUntil(const std::function<bool()>& reached);
  absl::Status Admit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const EventBatchPtr& batch, uint64_t lane)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const UnreadableInput& input) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SettleLater(EventBatchPtr batch, SettleCallback& settle)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  AckLevel ack_level_ = AckLevel::kDelivered;
  mutable Mutex mutex_;
  CondVar changed_;
  size_t credit_ ABSL_GUARDED_BY(mutex_) = kUnlimited;
  bool auto_settle_ ABSL_GUARDED_BY(mutex_) = true;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  std::vector<Event> events_ ABSL_GUARDED_BY(mutex_);
  std::vector<EventBatchPtr> batches_ ABSL_GUARDED_BY(mutex_);
  std::vector<Unreadable> unreadable_ ABSL_GUARDED_BY(mutex_);
  std::deque<Taken> unsettled_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::AnyInvocable<void()>> waiters_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> rejected_ ABSL_GUARDED_BY(mutex_);
  size_t refusals_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_FAKE_OUTLET_H_
