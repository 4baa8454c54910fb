#ifndef LIBS_FLOW_TRANSPORT_H_
#define LIBS_FLOW_TRANSPORT_H_

#include <memory>

#include "absl/status/status.h"
#include "libs/flow/frame.h"

namespace phoenix::flow {

// What comes in over a connection. Called from any thread; frames come one at a
// time, in the order in which the other side sent them. Implementations are
// thread-safe, since the end may be told while a frame is being handled.
template <typename Incoming>
class TransportListener {
 public:
  virtual ~TransportListener() = default;

  virtual void OnFrame(Incoming frame) = 0;

  // The connection has ended; the last call, made once. `status` is OK when the
  // other side closed it in good order.
  virtual void OnClosed(absl::Status status) = 0;
};

// One end of one connection: where it is over a network, in process or
// simulated is not visible from here. It delivers frames in order and each at
// most once, or it ends.
//
// Its owner makes one call at a time, from any thread. Neither call blocks;
// both may call the listener before they return. What may be queued in a
// transport is bounded by credit, and no transport refuses a frame: one that is
// sent after the end is dropped.
template <typename Outgoing>
class Transport {
 public:
  virtual ~Transport() = default;

  virtual void Send(Outgoing frame) = 0;

  // Ends the connection, telling the other side why where the transport can.
  // Frames that were sent before may be lost. The listener still hears
  // OnClosed.
  virtual void Close(absl::Status status) = 0;
};

using SenderTransport = Transport<SenderFrame>;
using ReceiverTransport = Transport<ReceiverFrame>;
using SenderListener = TransportListener<ReceiverFrame>;
using ReceiverListener = TransportListener<SenderFrame>;

// Makes a sender's connections.
class Connector {
 public:
  virtual ~Connector() = default;

  // Starts to connect and returns at once; a failure is told by
  // `listener->OnClosed`. The connection keeps the listener alive until then.
  virtual std::shared_ptr<SenderTransport> Connect(
      std::shared_ptr<SenderListener> listener) = 0;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_TRANSPORT_H_
