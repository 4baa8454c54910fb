#ifndef LIBS_NET_ACCEPTOR_H_
#define LIBS_NET_ACCEPTOR_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "libs/net/listen_address.h"
#include "libs/net/owned_fd.h"

namespace phoenix {

// Accepts connections on an event loop. Used on the loop only, and destroyed
// once that has stopped. Include it in .cc files only.
class Acceptor {
 public:
  // Gets each new connection: a non-blocking TCP socket without delay.
  using OnConnection = std::function<void(OwnedFd)>;

  Acceptor(boost::asio::io_context& context, ListenSocket listener,
           OnConnection on_connection);

  // Begins to accept. Once.
  void Start() { WaitForConnection(); }

  // Refuses connections from now on.
  void Close();

 private:
  void WaitForConnection();
  void AcceptAll();
  void RestAfter(int error);

  boost::asio::posix::stream_descriptor listener_;
  boost::asio::steady_timer rest_;
  OnConnection on_connection_;
};

}  // namespace phoenix

#endif  // LIBS_NET_ACCEPTOR_H_
