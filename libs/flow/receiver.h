#ifndef LIBS_FLOW_RECEIVER_H_
#define LIBS_FLOW_RECEIVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/credit.h"
#include "libs/flow/executor.h"
#include "libs/flow/receiver_stream.h"
#include "libs/flow/transport.h"

namespace phoenix::flow {

// How a receiver behaves; every field has a working default.
struct ReceiverOptions {
  // The stage's name, for people.
  std::string name = "receiver";

  // What each stream may have unanswered. The stage's memory for input is this
  // times the number of streams.
  Quota credit{.bytes = 16 << 20, .count = 64};

  // Streams remembered at a time, connected or not. Beyond it, the stream that
  // has been silent for longest and has nothing unanswered is forgotten; when
  // there is none, a new stream is refused.
  size_t max_streams = 1024;

  // A connection that has lived so long is drained, so that streams rebalance
  // over replicas. Infinite: never.
  absl::Duration max_connection_age = absl::InfiniteDuration();

  // What a drained connection gets to finish.
  absl::Duration drain_grace = absl::Seconds(10);
};

// The server half of streams: hands every batch to a handler, in order and
// once, returns outcomes and credit, and remembers outcomes until the sender
// confirms them. One receiver serves all streams of a stage.
//
// Without a thread or a network of its own. Thread-safe. The handler is called
// without a lock held, on the thread that brought the frame.
class Receiver : public std::enable_shared_from_this<Receiver> {
 public:
  // What the receiver has to work with. All must outlive it; the handler also
  // every batch that it has not settled.
  struct Environment {
    BatchHandler& handler;
    Executor& executor;

    // Names this life of the process: another one after every start.
    std::string instance_id;
  };

  struct Stats {
    size_t streams = 0;      // Now: remembered.
    size_t connections = 0;  // Now: connected streams.
    Quota unanswered;        // Now: handed to the handler and not settled.
    int64_t received_batches = 0;   // Since the start.
    int64_t duplicate_batches = 0;  // Since the start: not handed on again.
  };

  static std::shared_ptr<Receiver> Create(ReceiverOptions options,
                                          Environment environment);

  // Use Create.
  Receiver(ReceiverOptions options, Environment environment);

  // Closes all connections. Batches that the handler still holds may be settled
  // later: that is then lost.
  ~Receiver();

  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Serves one more connection: `transport` sends to it, and what comes in is
  // given to the listener that this returns.
  std::shared_ptr<ReceiverListener> Accept(
      std::shared_ptr<ReceiverTransport> transport);

  // Changes every stream's credit. A zero quota stops the senders. `limited_by`
  // says who holds the stage up, empty when nobody does: senders name it when
  // they refuse.
  void SetCredit(Credit credit);

  // Asks all senders to finish, refuses new connections, and calls `done` when
  // the last one has gone: after `drain_grace` at the latest.
  void Drain(absl::AnyInvocable<void()> done);

  Stats stats() const;

 private:
  class Connection;

  // A stream and the number of its last connection, by which the one that has
  // been silent for longest is known.
  struct Remembered {
    std::shared_ptr<ReceiverStream> stream;
    int64_t last_connection = 0;
  };

  absl::StatusOr<std::shared_ptr<ReceiverStream>> FindOrAdd(
      const OpenStream& open, int64_t connection);
  absl::Status MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Credit credit() const;
  void DrainConnection(const std::shared_ptr<Connection>& connection);
  void Remove(int64_t connection);
  void TellDrained();
  std::vector<std::shared_ptr<ReceiverStream>> AllStreams() const;
  std::vector<std::shared_ptr<Connection>> AllConnections() const;

  const ReceiverOptions options_;
  const Environment environment_;
  mutable Mutex mutex_;
  Credit credit_ ABSL_GUARDED_BY(mutex_);
  int64_t last_connection_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, std::weak_ptr<Connection>> connections_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Remembered> streams_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<absl::AnyInvocable<void()>> drained_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_RECEIVER_H_
