#ifndef LIBS_FLOW_FAKE_TRANSPORT_H_
#define LIBS_FLOW_FAKE_TRANSPORT_H_

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "libs/flow/transport.h"

namespace phoenix::flow {

// Notes what its owner sends, for tests that play the other side by hand.
// Thread-compatible.
template <typename Outgoing>
class FakeTransport : public Transport<Outgoing> {
 public:
  void Send(Outgoing frame) override { sent.push_back(std::move(frame)); }
  void Close(absl::Status status) override {
    closed = true;
    close_status = std::move(status);
  }

  // The frames of that kind, in order.
  template <typename Frame>
  std::vector<Frame> SentOf() const {
    std::vector<Frame> found;
    for (const Outgoing& frame : sent) {
      if (const auto* f = std::get_if<Frame>(&frame)) found.push_back(*f);
    }
    return found;
  }

  std::vector<Outgoing> sent;
  bool closed = false;
  absl::Status close_status;
};

// Notes every connection that a sender makes.
class FakeConnector : public Connector {
 public:
  struct Connection {
    std::shared_ptr<SenderListener> listener;
    std::shared_ptr<FakeTransport<SenderFrame>> transport;
  };

  std::shared_ptr<SenderTransport> Connect(
      std::shared_ptr<SenderListener> listener) override {
    auto transport = std::make_shared<FakeTransport<SenderFrame>>();
    connections.push_back({std::move(listener), transport});
    return transport;
  }

  Connection& last() { return connections.back(); }

  std::vector<Connection> connections;
};

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_FAKE_TRANSPORT_H_
