#ifndef LIBS_FLOW_IN_PROCESS_CHANNEL_H_
#define LIBS_FLOW_IN_PROCESS_CHANNEL_H_

#include <memory>

#include "libs/flow/executor.h"
#include "libs/flow/receiver.h"
#include "libs/flow/transport.h"

namespace phoenix::flow {

// Connects senders to a receiver of the same process. Batches pass as pointers,
// nothing is encoded: a batch costs a few uncontended locks and one change of
// threads, from the one that offers to the lane. The receiver's handler runs on
// the lane, which is woken once for as many batches as wait; outcomes and
// credit go back on the thread that settles.
//
//   Lane lane({.name = "lane 0"});
//   auto receiver = Receiver::Create({.name = "lane 0"},
//                                    {handler, lane, clock, "1"});
//   InProcessConnector connector(receiver, lane);
//   auto sender = Sender::Create({.sender = "door"},
//                                {connector, lane, clock, seed});
//
// Several connectors, and several receivers, may share a lane. Thread-safe. The
// lane outlives the connector and its connections; the receiver is kept.
class InProcessConnector : public Connector {
 public:
  InProcessConnector(std::shared_ptr<Receiver> receiver, Executor& lane)
      : receiver_(std::move(receiver)), lane_(lane) {}

  std::shared_ptr<SenderTransport> Connect(
      std::shared_ptr<SenderListener> listener) override;

 private:
  const std::shared_ptr<Receiver> receiver_;
  Executor& lane_;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_IN_PROCESS_CHANNEL_H_
