#ifndef LIBS_SOURCES_TCP_TCP_CONNECTION_H_
#define LIBS_SOURCES_TCP_TCP_CONNECTION_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/component/source.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/net/owned_fd.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/tcp/line_session.h"

namespace phoenix {

// One connection of a TcpSource: moves bytes between a socket and a
// LineSession. Lives on the event loop; held by its source and by its pending
// operations.
//
// When it ends before the peer has said that nothing follows, the last reply
// says how many lines are final. Then it sends no more, but still reads and
// throws away what comes, for a bounded time and until the peer ends too:
// closing a socket with unread input would reset the connection, and the peer
// might never see the reply.
class TcpConnection : public std::enable_shared_from_this<TcpConnection> {
 public:
  using Context = boost::asio::io_context;

  struct Options {
    NdjsonOptions decode;
    uint64_t lane = 0;
    std::chrono::milliseconds linger{1};  // 0: nothing waits for more.
    // After so long a silence, or up to twice that, it ends; 0: never.
    std::chrono::milliseconds idle_timeout{0};
  };

  // `on_closed` is called once, on the loop, when the connection has ended by
  // itself. `allowance`, which the connections of a source share, `outlet` and
  // `clock` outlive the connection.
  static std::shared_ptr<TcpConnection> Create(
      const std::shared_ptr<Context>& context, OwnedFd fd, Options options,
      ByteAllowance& allowance, Outlet& outlet, Clock& clock,
      std::function<void(TcpConnection&)> on_closed);

  // Begins to read. Once.
  void Start();

  // Offers what has been read, as far as there is room, and reads no more; ends
  // as soon as what was taken has settled.
  void StopReading();

  // Whether the peer has its last reply and is given time to read it.
  bool discarding() const { return state_ == State::kDiscarding; }

  // Cuts the connection at once, without a callback. On the loop, or when it
  // has stopped.
  void Cut();

  uint64_t lane() const { return options_.lane; }

 private:
  enum class State : uint8_t {
    kReading,
    kPaused,      // No credit: waits for the outlet.
    kFinished,    // Nothing more will be offered; waits for outcomes.
    kDiscarding,  // All is said; what still comes is thrown away.
    kClosed,
  };

  // What callbacks on other threads, perhaps after the loop has stopped, hold
  // of the connection: weak, as what they post must not keep it alive.
  struct Handle {
    std::weak_ptr<Context> context;
    std::shared_ptr<std::weak_ptr<TcpConnection>> connection;

    void Post(std::function<void(TcpConnection&)> task) const;
  };

  TcpConnection(const std::shared_ptr<Context>& context, OwnedFd fd,
                Options options, ByteAllowance& allowance, Outlet& outlet,
                Clock& clock, std::function<void(TcpConnection&)> on_closed,
                Handle handle);

  void WaitForInput();
  void OnReadable();
  void Linger();
  void Flush();
  void OnEndOfInput();
  void OnBroken();
  void Act(const absl::Status& offered);
  void Pause();
  void OnOutletReady();
  void OnSettled(const LineSession::Settled& settled);
  void FinishShort(std::string why);
  void AddLastReplies();
  std::string WhyClosing() const;
  void WatchSilence();
  void OnSilenceTimer();
  void Discard();
  void SendReplies();
  void WaitForRoomToSend();
  void LimitPatience();
  void CloseAfter(std::chrono::milliseconds time);
  void Close();
  void End();
  int64_t NowNanos() const;

  const Options options_;
  Outlet& outlet_;
  Clock& clock_;
  const std::function<void(TcpConnection&)> on_closed_;
  const Handle handle_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer silence_timer_;
  LineSession session_;
  std::string sending_;  // Replies on their way.
  State state_ = State::kReading;
  bool end_of_input_ = false;
  bool waiting_for_input_ = false;
  bool waiting_to_send_ = false;
  bool lingering_ = false;
  bool heard_ = false;  // Since silence_timer_ was set.
  bool patience_runs_ = false;
  bool peer_failed_ = false;  // Replies reach nobody.
  bool last_replies_added_ = false;
  // Why not everything that was sent was taken; empty: it was, as far as one
  // knows here.
  std::string cut_short_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_TCP_CONNECTION_H_
