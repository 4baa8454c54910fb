#include "libs/sources/tcp/tcp_connection.h"

#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

// How long a peer may leave its last replies unread before it is left.
constexpr std::chrono::seconds kReplyPatience{5};

// How long what a peer still sends is thrown away after its last reply: time
// enough to read that, and short enough for a stop to wait for.
constexpr std::chrono::seconds kDiscardTime{1};

// Thrown away at once.
constexpr size_t kDiscardBytes = 1 << 20;

// A close of this socket resets the connection, so that the peer can't take it
// for an orderly end.
void ResetOnClose(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

}  // namespace

std::shared_ptr<TcpConnection> TcpConnection::Create(
    const std::shared_ptr<Context>& context, OwnedFd fd, Options options,
    ByteAllowance& allowance, Outlet& outlet, Clock& clock,
    std::function<void(TcpConnection&)> on_closed) {
  Handle handle{context, std::make_shared<std::weak_ptr<TcpConnection>>()};
  // The constructor is private, and the handle is there before the object.
  std::shared_ptr<TcpConnection> connection(
      new TcpConnection(context, std::move(fd), std::move(options), allowance,
                        outlet, clock, std::move(on_closed), handle));
  *handle.connection = connection;
  return connection;
}

void TcpConnection::Handle::Post(
    std::function<void(TcpConnection&)> task) const {
  const std::shared_ptr<Context> running = context.lock();
  if (running == nullptr) return;
  boost::asio::post(*running, [weak = connection, task = std::move(task)] {
    if (const auto self = weak->lock()) task(*self);
  });
}

TcpConnection::TcpConnection(const std::shared_ptr<Context>& context,
                             OwnedFd fd, Options options,
                             ByteAllowance& allowance, Outlet& outlet,
                             Clock& clock,
                             std::function<void(TcpConnection&)> on_closed,
                             Handle handle)
    : options_(std::move(options)),
      outlet_(outlet),
      clock_(clock),
      on_closed_(std::move(on_closed)),
      handle_(handle),
      socket_(*context, fd.Release()),
      timer_(*context),
      silence_timer_(*context),
      session_(options_.decode, options_.lane, allowance, outlet,
               [handle](LineSession::Settled settled) {
                 handle.Post([settled](TcpConnection& self) {
                   self.OnSettled(settled);
                 });
               }) {}

void TcpConnection::Start() {
  WatchSilence();
  WaitForInput();
}

void TcpConnection::StopReading() {
  if (state_ != State::kReading && state_ != State::kPaused) return;
  // What finds no room is not final, and the peer hears so.
  if (state_ == State::kReading) session_.Flush(NowNanos()).IgnoreError();
  FinishShort("the server is draining");
}

void TcpConnection::Cut() {
  if (state_ == State::kClosed) return;
  ResetOnClose(socket_.native_handle());
  End();
}

void TcpConnection::End() {
  state_ = State::kClosed;
  timer_.cancel();
  silence_timer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void TcpConnection::WaitForInput() {
  if (waiting_for_input_) return;
  waiting_for_input_ = true;
  socket_.async_wait(Descriptor::wait_read,
                     [self = shared_from_this()](boost::system::error_code e) {
                       self->waiting_for_input_ = false;
                       if (!e) self->OnReadable();
                     });
}

// One buffer at a time, so that a fast connection does not starve the others.
void TcpConnection::OnReadable() {
  if (state_ == State::kDiscarding) return Discard();
  if (state_ != State::kReading) return;
  const absl::Span<char> room = session_.Buffer();
  const ssize_t got =
      recv(socket_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
  if (got == 0) return OnEndOfInput();
  if (got < 0 && errno != EAGAIN && errno != EINTR) return OnBroken();
  if (got > 0) {
    session_.Commit(static_cast<size_t>(got));
    heard_ = true;
  }
  if (got == static_cast<ssize_t>(room.size())) {
    Flush();
  } else if (session_.has_undecoded()) {
    Linger();
  }
  if (state_ == State::kReading) WaitForInput();
}

void TcpConnection::Linger() {
  if (options_.linger.count() == 0) return Flush();
  if (lingering_) return;
  lingering_ = true;
  timer_.expires_after(options_.linger);
  timer_.async_wait(
      [self = shared_from_this()](boost::system::error_code cancelled) {
        if (cancelled) return;
        self->lingering_ = false;
        if (self->state_ == State::kReading) self->Flush();
      });
}

void TcpConnection::Flush() {
  if (lingering_) timer_.cancel();
  lingering_ = false;
  Act(session_.Flush(NowNanos()));
}

void TcpConnection::OnEndOfInput() {
  end_of_input_ = true;
  Act(session_.Finish(NowNanos()));
}

// The lines that came before the connection broke are events all the same.
void TcpConnection::OnBroken() {
  peer_failed_ = end_of_input_ = true;
  cut_short_ = "the connection broke";
  Flush();
}

void TcpConnection::Act(const absl::Status& offered) {
  if (offered.ok()) {
    state_ = end_of_input_ ? State::kFinished : State::kReading;
  } else if (absl::IsResourceExhausted(offered)) {
    Pause();
  } else if (absl::IsOutOfRange(offered)) {
    return FinishShort(std::string(offered.message()));
  } else {
    return FinishShort("the server takes nothing more");
  }
  SendReplies();
}

void TcpConnection::Pause() {
  state_ = State::kPaused;
  outlet_.WhenReady([handle = handle_] {
    handle.Post([](TcpConnection& self) { self.OnOutletReady(); });
  });
}

void TcpConnection::OnOutletReady() {
  if (state_ != State::kPaused) return;
  Act(session_.Resume());
  if (state_ == State::kReading) WaitForInput();
}

void TcpConnection::OnSettled(const LineSession::Settled& settled) {
  session_.OnSettled(settled);
  SendReplies();
}

void TcpConnection::WatchSilence() {
  if (options_.idle_timeout.count() == 0) return;
  silence_timer_.expires_after(options_.idle_timeout);
  silence_timer_.async_wait(
      [weak = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self != nullptr) self->OnSilenceTimer();
      });
}

void TcpConnection::OnSilenceTimer() {
  // While it is not read its silence is our doing.
  const bool heard = std::exchange(heard_, false) || state_ == State::kPaused;
  if (state_ != State::kReading && state_ != State::kPaused) return;
  if (heard) return WatchSilence();
  FinishShort("nothing has come for as long as idle_timeout says");
}

void TcpConnection::FinishShort(std::string why) {
  cut_short_ = std::move(why);
  state_ = State::kFinished;
  SendReplies();
}

void TcpConnection::AddLastReplies() {
  if (std::exchange(last_replies_added_, true)) return;
  session_.replies().AddOmitted();
  if (cut_short_.empty() && session_.all_taken()) {
    session_.replies().AddReceipt(session_.final_lines(), outlet_.ack_level());
    return;
  }
  session_.replies().AddClosing(WhyClosing(), session_.final_lines());
}

std::string TcpConnection::WhyClosing() const {
  if (!cut_short_.empty()) return cut_short_;
  if (session_.why_not_taken().empty()) return "the server is going away";
  return Cat("not taken: ", session_.why_not_taken());
}

void TcpConnection::SendReplies() {
  if (state_ == State::kDiscarding || state_ == State::kClosed) return;
  const bool last = state_ == State::kFinished && !session_.in_flight();
  if (waiting_to_send_) {
    if (last) LimitPatience();
    return;
  }
  if (last) AddLastReplies();
  sending_ += session_.replies().Take();
  if (peer_failed_) sending_.clear();
  while (!sending_.empty()) {
    const ssize_t sent = send(socket_.native_handle(), sending_.data(),
                              sending_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      sending_.erase(0, static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      if (last) LimitPatience();
      return WaitForRoomToSend();
    } else {
      peer_failed_ = true;
      sending_.clear();
    }
  }
  if (last) Close();
}

void TcpConnection::WaitForRoomToSend() {
  waiting_to_send_ = true;
  socket_.async_wait(Descriptor::wait_write,
                     [self = shared_from_this()](boost::system::error_code e) {
                       self->waiting_to_send_ = false;
                       if (!e) self->SendReplies();
                     });
}

void TcpConnection::LimitPatience() {
  if (!std::exchange(patience_runs_, true)) CloseAfter(kReplyPatience);
}

void TcpConnection::CloseAfter(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait(
      [self = shared_from_this()](boost::system::error_code cancelled) {
        if (!cancelled) self->Close();
      });
}

void TcpConnection::Close() {
  if (state_ == State::kClosed) return;
  if (peer_failed_) {
    Cut();
  } else if (end_of_input_ || state_ == State::kDiscarding) {
    End();
  } else {
    state_ = State::kDiscarding;
    shutdown(socket_.native_handle(), SHUT_WR);
    CloseAfter(kDiscardTime);
    return WaitForInput();
  }
  on_closed_(*this);
}

void TcpConnection::Discard() {
  const ssize_t got = recv(socket_.native_handle(), nullptr, kDiscardBytes,
                           MSG_TRUNC | MSG_DONTWAIT);
  if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) {
    return WaitForInput();
  }
  Close();
}

int64_t TcpConnection::NowNanos() const {
  return absl::ToUnixNanos(clock_.Now());
}

}  // namespace phoenix
