#ifndef LIBS_FLOW_RECEIVER_STREAM_H_
#define LIBS_FLOW_RECEIVER_STREAM_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/credit.h"
#include "libs/flow/frame.h"
#include "libs/flow/outbox.h"
#include "libs/flow/transport.h"

namespace phoenix::flow {

// One stream as its receiver knows it, over all its connections: which batches
// came, what became of those whose outcome the sender has not confirmed. At
// most kMaxWindow of them, and at most the credit unanswered. Thread-safe.
class ReceiverStream : public std::enable_shared_from_this<ReceiverStream> {
 public:
  struct Stats {
    bool connected = false;
    Quota unanswered;
    int64_t received_batches = 0;
    int64_t duplicate_batches = 0;
  };

  // `handler` must outlive the stream.
  explicit ReceiverStream(BatchHandler& handler) : handler_(handler) {}

  // The sender has opened the stream over connection number `connection`: an
  // older connection is closed, outcomes that it may have missed are repeated.
  // Not OK: the opening is stale, and the connection must be closed with that.
  absl::Status Attach(int64_t connection,
                      std::shared_ptr<ReceiverTransport> transport,
                      const OpenStream& open, Credit credit,
                      std::string instance_id);

  // A batch over `connection`; ignored when a newer one has been attached. Not
  // OK: the connection must be closed with that.
  absl::Status Receive(int64_t connection, BatchFrame frame);

  // Closes the connection if it is the stream's; false when it is not.
  bool Close(int64_t connection, absl::Status status);

  // The connection has ended.
  void Detach(int64_t connection);

  void SetCredit(Credit credit);
  void Drain(absl::Duration grace_period);

  Stats stats() const;

 private:
  // A batch that came; `outcome` is null while the handler has it.
  struct Known {
    int64_t bytes = 0;
    std::shared_ptr<const BatchOutcome> outcome = {};
  };

  class Settler;

  absl::Status CheckNumbers(const BatchFrame& frame) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckRoom(const BatchFrame& frame) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Admit(BatchFrame frame) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HandOn(BatchFrame frame) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Repeat(int64_t begin, int64_t end) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(int64_t settled_sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Settle(int64_t sequence, std::shared_ptr<const BatchOutcome> outcome);
  void Answer(int64_t sequence, std::shared_ptr<const BatchOutcome> outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Send(ReceiverFrame frame) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Flush();

  Known& known(int64_t sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return known_[static_cast<size_t>(sequence - first_known_)];
  }
  int64_t received() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return first_known_ + static_cast<int64_t>(known_.size()) - 1;
  }

  BatchHandler& handler_;
  mutable Mutex mutex_;

  // Two, so that an answer need not wait for the handler to take a batch, and
  // that the handler runs on the thread that brings frames, never on one that
  // settles.
  Outbox to_handler_;
  Outbox to_transport_;

  int64_t connection_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<ReceiverTransport> transport_ ABSL_GUARDED_BY(mutex_);
  Quota highest_granted_ ABSL_GUARDED_BY(mutex_);

  // Batches `first_known_` up to the last received.
  std::deque<Known> known_ ABSL_GUARDED_BY(mutex_);
  int64_t first_known_ ABSL_GUARDED_BY(mutex_) = 1;
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  Quota unanswered_ ABSL_GUARDED_BY(mutex_);
  Stats stats_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_RECEIVER_STREAM_H_
