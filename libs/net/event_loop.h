#ifndef LIBS_NET_EVENT_LOOP_H_
#define LIBS_NET_EVENT_LOOP_H_

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace phoenix {

// One thread that runs the sockets and timers of a server, so that its state
// needs no lock. Include it in .cc files only: Asio is heavy.
//
// Objects on the loop live in the handlers of their pending operations and must
// not own the context. Callbacks that come from other threads, perhaps after
// the loop has stopped, hold context() and a weak pointer to what they speak
// to: what is posted to a stopped loop never runs.
class EventLoop {
 public:
  using Context = boost::asio::io_context;

  EventLoop()
      : context_(std::make_shared<Context>(/*concurrency_hint=*/1)),
        work_(boost::asio::make_work_guard(*context_)) {}
  ~EventLoop() { Stop(); }
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Starts the thread. Once.
  void Start() {
    thread_ = std::thread([context = context_] { context->run(); });
  }

  // Runs what has been posted so far, and returns when no handler runs and none
  // will. Idempotent; not on the loop.
  void Stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(*context_, [this] { context_->stop(); });
    thread_.join();
  }

  // Runs `task` on the loop and waits for it. Only while the loop runs, and not
  // on the loop.
  template <typename Task>
  void RunAndWait(Task task) {
    std::promise<void> done;
    boost::asio::post(*context_, [&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  const std::shared_ptr<Context>& context() const { return context_; }

 private:
  std::shared_ptr<Context> context_;
  boost::asio::executor_work_guard<Context::executor_type> work_;
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_NET_EVENT_LOOP_H_
