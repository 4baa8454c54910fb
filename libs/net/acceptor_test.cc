#include "libs/net/acceptor.h"

#include <sys/socket.h>

#include <future>
#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "libs/net/event_loop.h"
#include "libs/net/listen_address.h"
#include "libs/net/owned_fd.h"
#include "libs/net/testing/tcp_client.h"

namespace phoenix {
namespace {

class AcceptorTest : public testing::Test {
 protected:
  AcceptorTest() {
    auto listener = OpenListenSocket("127.0.0.1:0");
    port_ = listener->port;
    acceptor_ = std::make_unique<Acceptor>(
        *loop_.context(), *std::move(listener),
        [this](OwnedFd fd) { accepted_.set_value(std::move(fd)); });
    loop_.Start();
    loop_.RunAndWait([this] { acceptor_->Start(); });
  }
  ~AcceptorTest() override { loop_.Stop(); }

  EventLoop loop_;
  std::unique_ptr<Acceptor> acceptor_;
  std::promise<OwnedFd> accepted_;
  uint16_t port_ = 0;
};

TEST_F(AcceptorTest, HandsOutTheSocketOfEachConnection) {
  TcpClient client(port_);
  ASSERT_TRUE(client.connected());
  OwnedFd fd = accepted_.get_future().get();
  ASSERT_EQ(send(fd.get(), "hello", 5, 0), 5);
  EXPECT_EQ(client.Read(5), "hello");
}

TEST_F(AcceptorTest, NoticesPeersThatAreGone) {
  TcpClient client(port_);
  OwnedFd fd = accepted_.get_future().get();
  int on = 0;
  socklen_t size = sizeof(on);
  ASSERT_EQ(getsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, &size), 0);
  EXPECT_EQ(on, 1);
}

TEST_F(AcceptorTest, RefusesConnectionsOnceClosed) {
  loop_.RunAndWait([this] { acceptor_->Close(); });
  EXPECT_FALSE(TcpClient(port_).connected());
}

}  // namespace
}  // namespace phoenix
