#include "libs/net/event_loop.h"

#include <boost/asio/post.hpp>
#include <memory>
#include <thread>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(EventLoopTest, RunsTasksOnOneThreadOfItsOwn) {
  EventLoop loop;
  loop.Start();
  std::thread::id first, second;
  loop.RunAndWait([&] { first = std::this_thread::get_id(); });
  loop.RunAndWait([&] { second = std::this_thread::get_id(); });
  EXPECT_EQ(first, second);
  EXPECT_NE(first, std::this_thread::get_id());
}

// What has settled is still answered.
TEST(EventLoopTest, RunsBeforeItStopsWhatWasPosted) {
  EventLoop loop;
  loop.Start();
  int ran = 0;
  for (int i = 0; i < 1000; ++i) {
    boost::asio::post(*loop.context(), [&] { ++ran; });
  }
  loop.Stop();
  EXPECT_EQ(ran, 1000);
}

TEST(EventLoopTest, RunsNothingAfterStop) {
  bool ran = false;
  std::shared_ptr<EventLoop::Context> context;
  {
    EventLoop loop;
    loop.Start();
    context = loop.context();
    loop.Stop();
    boost::asio::post(*context, [&] { ran = true; });
  }
  context.reset();
  EXPECT_FALSE(ran);
}

TEST(EventLoopTest, StopsWithoutHavingStarted) {
  EventLoop loop;
  loop.Stop();
  loop.Stop();
}

}  // namespace
}  // namespace phoenix
