#ifndef LIBS_FLOW_SENDER_H_
#define LIBS_FLOW_SENDER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/backoff.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/base/random.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/credit.h"
#include "libs/flow/executor.h"
#include "libs/flow/frame.h"
#include "libs/flow/outbox.h"
#include "libs/flow/transport.h"

namespace phoenix::flow {

// How a sender behaves; every field has a working default.
struct SenderOptions {
  // Who sends, and whom to, in words for people: `http door 'door'`,
  // `sink 'archive'`. The receiver's name stands in refusals.
  std::string sender = "sender";
  std::string receiver = "receiver";
  std::string pipeline = {};

  // Names the stream; empty: drawn from `random`.
  std::string stream_id = {};

  // What the sender holds at most, sent or waiting to be sent: its share of the
  // process's memory. The receiver's credit bounds what of it is on the way.
  Quota max_held{.bytes = 64 << 20, .count = 256};

  // Between attempts to connect.
  Backoff::Options reconnect = {};

  // A connection that is not open after this time is given up.
  absl::Duration open_timeout = absl::Seconds(10);
};

// The client half of a stream: takes batches, sends them in order within the
// receiver's credit, sends again what was not answered when a connection is
// lost, and settles each batch exactly once. It drops nothing: what it has
// taken it keeps until it is answered or the sender is closed.
//
// A state machine without a thread or a network of its own: connector, clock,
// randomness and executor are injected. Thread-safe; callbacks run on whichever
// thread brought the news, never under a lock, and may call back in.
class Sender : public std::enable_shared_from_this<Sender> {
 public:
  // What the sender has to work with. All must outlive it, the executor also
  // the tasks that the sender has given it.
  struct Environment {
    Connector& connector;
    Executor& executor;
    Clock& clock;
    uint64_t random_seed;
  };

  // Numbers for metrics, since the start unless said otherwise.
  struct Stats {
    Quota held;        // Now: taken and not settled.
    Quota on_the_way;  // Now: sent over this connection, not answered.
    Credit credit;     // Now: as the receiver last said.
    bool connected = false;
    int64_t connections = 0;        // Streams opened, the first included.
    int64_t receiver_restarts = 0;  // Of those, to a receiver without memory.
    int64_t sent_batches = 0;       // Each time that one was sent.
    int64_t resent_batches = 0;
  };

  // Starts to connect at once.
  static std::shared_ptr<Sender> Create(SenderOptions options,
                                        const Environment& environment);

  // Use Create.
  Sender(SenderOptions options, const Environment& environment);

  // Closes.
  ~Sender();

  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Hands a batch over. OK: both are taken, and `settle` will be called exactly
  // once (possibly before this returns). Otherwise neither was touched, so the
  // caller can offer them again:
  //   - RESOURCE_EXHAUSTED: `max_held` is reached. Names who holds it up and
  //     carries a RetryInfo (see back_pressure.h); or use WhenReady.
  //   - FAILED_PRECONDITION: draining or closed.
  //
  // A settled batch may hold rows with outcome kRetry: the caller owns those
  // again, and offers them anew after a while.
  absl::Status Offer(BatchView&& view, SettleCallback&& settle);

  // Calls `ready` once, as soon as something has been settled since the last
  // refusal (at once if so already), or the sender drains or is closed. No
  // promise: the room may not be enough, or another caller may be faster.
  void WhenReady(absl::AnyInvocable<void()> ready);

  // Takes no more batches, and calls `done` once all that were taken are
  // settled. Several calls are fine.
  void Drain(absl::AnyInvocable<void()> done);

  // Ends it: closes the connection and settles everything that is left as
  // kRetry, with `status` as the reason. Idempotent.
  void Close(absl::Status status);

  Stats stats() const;

 private:
  class Connection;

  // A batch that was taken and is not settled.
  struct Held {
    BatchView view = {};
    SettleCallback settle = {};
    int64_t bytes = 0;
    int64_t offer_nanos = 0;
    bool settled = false;  // Answered; still here because an older one is not.
  };

  void Connect() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ConnectLater() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Dial(int64_t connection, std::shared_ptr<SenderListener> listener);
  void EndConnection(absl::Status why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(SenderFrame frame) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // What a connection or a timer tells; ignored unless it is about the present
  // connection.
  void OnFrame(int64_t connection, ReceiverFrame frame);
  void OnClosed(int64_t connection, absl::Status status);
  void OnOpenTimeout(int64_t connection);
  void OnReconnectTime(int64_t connection);

  bool IsPresent(int64_t connection) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return connection == connection_ && state_ != State::kWaiting &&
           state_ != State::kClosed;
  }

  // Not OK: the receiver has broken the protocol.
  absl::Status Handle(StreamOpened& opened)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Handle(Acknowledgement& acknowledgement)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Handle(const flow::Drain& drain)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Settle(const BatchResult& result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void ResumeAfter(int64_t received_sequence)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SettleHeld(Held& held, std::shared_ptr<const BatchOutcome> outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetSettled() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Does what has become possible: sends, reopens, tells who waits.
  void Pump() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MaySendNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SendNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TellWaiters() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Refusal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Makes the calls that were decided under the lock; call it without.
  void Flush();

  Held& held(int64_t sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return held_[static_cast<size_t>(sequence - first_held_)];
  }
  int64_t end_held() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return first_held_ + static_cast<int64_t>(held_.size());
  }

  SenderOptions options_;  // Constant once constructed.
  const Environment environment_;

  mutable Mutex mutex_;
  Outbox to_transport_;
  Outbox to_owner_;

  Random random_ ABSL_GUARDED_BY(mutex_);
  Backoff backoff_ ABSL_GUARDED_BY(mutex_);

  // The connection, numbered so that a late word from an old one is known.
  int64_t connection_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<SenderTransport> transport_ ABSL_GUARDED_BY(mutex_);
  enum class State : uint8_t { kWaiting, kOpening, kOpen, kDraining, kClosed };
  State state_ ABSL_GUARDED_BY(mutex_) = State::kWaiting;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
  std::string instance_id_ ABSL_GUARDED_BY(mutex_);

  // Batches `first_held_` up to the last taken. Those below `next_to_send_`
  // were sent over this connection, or are with the receiver from an older one.
  std::deque<Held> held_ ABSL_GUARDED_BY(mutex_);
  int64_t first_held_ ABSL_GUARDED_BY(mutex_) = 1;
  int64_t next_to_send_ ABSL_GUARDED_BY(mutex_) = 1;
  int64_t highest_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  Quota total_ ABSL_GUARDED_BY(mutex_);
  Quota on_the_way_ ABSL_GUARDED_BY(mutex_);
  Credit credit_ ABSL_GUARDED_BY(mutex_);

  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool full_ ABSL_GUARDED_BY(mutex_) = false;  // Refused, none settled since.
  int64_t settle_nanos_ ABSL_GUARDED_BY(mutex_) = 0;  // Smoothed, from offer.
  std::vector<absl::AnyInvocable<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::AnyInvocable<void()>> drained_ ABSL_GUARDED_BY(mutex_);
  Stats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_SENDER_H_
