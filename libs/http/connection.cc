#include "libs/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "libs/http/head_check.h"

namespace phoenix::http {
namespace {

namespace beast = boost::beast;

constexpr size_t kReadBytes = ServerOptions::kReadBytes;

// A client that was answered early may send this much before it is cut off; it
// needs to see the response rather than a reset.
constexpr uint64_t kMaxLeftoverBytes = 16 << 20;
constexpr std::chrono::seconds kLingerTime{2};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view ToStd(beast::string_view text) {
  return {text.data(), text.size()};
}

// In absolute form, as proxies send it, a target begins with the scheme and the
// host (RFC 9112, section 3.2.2).
std::string_view WithoutHost(std::string_view target) {
  if (target.starts_with('/')) return target;
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const size_t end_of_host = target.find_first_of("/?", scheme + 3);
  return end_of_host == std::string_view::npos ? ""
                                               : target.substr(end_of_host);
}

std::string Serialise(const Response& response, bool keep_alive,
                      bool head_only) {
  const auto status = static_cast<beast::http::status>(response.status);
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out += ToStd(beast::http::obsolete_reason(status));
  out += "\r\nContent-Type: " + response.content_type;
  out += "\r\nContent-Length: " + std::to_string(response.body.size());
  out += keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close";
  for (const auto& [name, value] : response.headers) {
    out += "\r\n" + name + ": " + value;
  }
  out += "\r\n\r\n";
  if (!head_only) out += response.body;
  return out;
}

ErrorReport ReportFor(beast::error_code error, const ServerOptions& options) {
  if (error == beast::http::error::header_limit) {
    return {.http_status = 431,
            .reason = "HEADERS_TOO_LARGE",
            .message = "The header fields are larger than " +
                       std::to_string(options.max_header_bytes) +
                       " bytes; send fewer or shorter ones."};
  }
  if (error == beast::http::error::body_limit) {
    const std::string limit = std::to_string(options.max_body_bytes);
    return {.http_status = 413,
            .reason = "BODY_TOO_LARGE",
            .message = "The body is larger than " + limit + " bytes; split it.",
            .metadata = {{"maxBodyBytes", limit}}};
  }
  return {
      .http_status = 400,
      .reason = "HTTP_INVALID",
      .message = "The request is not valid HTTP/1.1: " + error.message() + "."};
}

ErrorReport IncompleteReport() {
  return {.http_status = 400,
          .reason = "BODY_INCOMPLETE",
          .message = "The body broke off before its end: send it again."};
}

ErrorReport TimeoutReport() {
  return {
      .http_status = 408,
      .reason = "REQUEST_TIMEOUT",
      .message = "The request came too slowly: send it without long pauses."};
}

}  // namespace

// Weak: what it posts may lie in the loop's queue for ever, and must not keep
// the connection there.
class Connection::Link : public Responder {
 public:
  Link(const std::shared_ptr<Connection>& connection, uint64_t request)
      : context_(connection->context_),
        connection_(connection),
        request_(request) {}

  void Respond(Response response) override {
    if (responded_.exchange(true)) return;
    Post([request = request_, response = std::move(response)](Connection& c) {
      c.OnResponse(request, response);
    });
  }

  bool responded() const { return responded_; }

  void PauseReading() override {
    if (const auto connection = connection_.lock()) connection->paused_ = true;
  }

  void ResumeReading() override {
    Post([request = request_](Connection& c) { c.OnResume(request); });
  }

  void Wake() override {
    Post([request = request_](Connection& c) {
      if (c.IsAt(request)) c.exchange_->OnWake();
    });
  }

  void SetTimer(std::chrono::milliseconds delay) override {
    const auto connection = connection_.lock();
    if (connection != nullptr) connection->ArmExchange(request_, delay);
  }

 private:
  template <typename Task>
  void Post(Task task) {
    const std::shared_ptr<Context> context = context_.lock();
    if (context == nullptr) return;
    boost::asio::post(*context, [weak = connection_, task = std::move(task)] {
      if (const auto connection = weak.lock()) task(*connection);
    });
  }

  const std::weak_ptr<Context> context_;
  const std::weak_ptr<Connection> connection_;
  const uint64_t request_;
  std::atomic<bool> responded_ = false;
};

Connection::Connection(const std::shared_ptr<Context>& context, OwnedFd fd,
                       uint64_t id, const ServerOptions& options,
                       Handler& handler,
                       std::function<void(Connection&)> on_closed)
    : context_(context),
      id_(id),
      options_(options),
      handler_(handler),
      on_closed_(std::move(on_closed)),
      // The protocol only matters for what is not done here: opening.
      socket_(*context, boost::asio::ip::tcp::v4(), fd.Release()),
      timer_(*context),
      exchange_timer_(*context),
      buffer_(std::max<size_t>(kReadBytes, 2 * options.max_header_bytes)) {
  // A read takes as much as the buffer has room for, and never more than 512
  // bytes of one that has not grown.
  buffer_.reserve(kReadBytes);
}

void Connection::Cut() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  exchange_.reset();
  timer_.cancel();
  exchange_timer_.cancel();
  beast::error_code ignored;
  socket_.close(ignored);
}

void Connection::WaitForRequest() {
  state_ = State::kIdle;
  if (buffer_.size() > 0) return ReadHead();
  Arm(options_.idle_timeout);
  socket_.async_wait(boost::asio::socket_base::wait_read,
                     [self = shared_from_this()](beast::error_code error) {
                       if (self->state_ != State::kIdle) return;
                       return error ? self->Close() : self->ReadHead();
                     });
}

void Connection::ReadHead() {
  state_ = State::kHead;
  parser_.emplace();
  parser_->header_limit(options_.max_header_bytes);
  parser_->body_limit(options_.max_body_bytes);
  Arm(options_.header_timeout);
  beast::http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code error, size_t) {
        if (self->state_ == State::kHead) self->OnHead(error);
      });
}

void Connection::OnHead(beast::error_code error) {
  if (error == beast::http::error::end_of_stream) return Close();
  if (error) return FailRequest(error);
  keep_alive_ = parser_->get().keep_alive();
  head_request_ = parser_->get().method() == beast::http::verb::head;
  const RequestHead head = TakeHead();
  const bool is_http_1_1 = parser_->get().version() == 11;
  if (is_http_1_1) {
    if (const auto report = CheckHttp11Head(head)) {
      return AnswerAndClose(*report);
    }
  }
  BeginRequest(head, is_http_1_1 && ExpectsContinue(head));
}

void Connection::BeginRequest(const RequestHead& head, bool expects_continue) {
  state_ = State::kBody;
  paused_ = false;
  const auto link = std::make_shared<Link>(shared_from_this(), ++request_);
  exchange_ = handler_.Accept(head, link);
  parser_->get().body() = [this](std::string_view part) { PassOn(part); };
  if (expects_continue && !link->responded()) SendContinue();
  ReadBody();
}

RequestHead Connection::TakeHead() const {
  const auto& message = parser_->get();
  RequestHead head;
  head.method = ToStd(message.method_string());
  const std::string_view target = WithoutHost(ToStd(message.target()));
  const size_t question = target.find('?');
  head.path = target.substr(0, question);
  if (head.path.empty()) head.path = "/";
  if (question != std::string_view::npos) {
    head.query = target.substr(question + 1);
  }
  for (const auto& field : message) {
    head.headers.emplace_back(ToStd(field.name_string()), ToStd(field.value()));
  }
  if (const auto length = parser_->content_length()) {
    head.content_length = *length;
  }
  head.connection = id_;
  return head;
}

// So few bytes always fit into the empty buffer of the socket.
void Connection::SendContinue() {
  send(socket_.native_handle(), kContinue.data(), kContinue.size(),
       MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Connection::ReadBody() {
  if (parser_->is_done()) return EndRequest();
  if (paused_ || reading_) return;
  reading_ = true;
  Arm(options_.read_timeout);
  beast::http::async_read_some(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](beast::error_code error, size_t) {
        self->reading_ = false;
        self->OnBodyRead(error);
      });
}

void Connection::OnBodyRead(beast::error_code error) {
  timer_.cancel();
  if (state_ == State::kLingering) return ReadLeftovers();
  if (state_ != State::kBody) return;  // Answered meanwhile.
  if (error) return FailRequest(error);
  ReadBody();
}

void Connection::PassOn(std::string_view part) {
  if (exchange_ != nullptr) exchange_->OnBody(part);
}

void Connection::EndRequest() {
  state_ = State::kAnswering;
  timer_.cancel();
  exchange_->OnEnd();
}

void Connection::OnResponse(uint64_t request, const Response& response) {
  const bool complete = state_ == State::kAnswering;
  if (request != request_ || (!complete && state_ != State::kBody)) return;
  Send(response, complete && keep_alive_ && !draining_);
}

void Connection::OnResume(uint64_t request) {
  if (request != request_ || state_ != State::kBody) return;
  paused_ = false;
  ReadBody();
}

void Connection::Send(const Response& response, bool keep_alive) {
  state_ = State::kWriting;
  exchange_.reset();
  sending_ = Serialise(response, keep_alive, head_request_);
  Arm(options_.write_timeout);
  boost::asio::async_write(
      socket_, boost::asio::buffer(sending_),
      [self = shared_from_this(), keep_alive](beast::error_code error, size_t) {
        if (self->state_ == State::kWriting) self->OnSent(error, keep_alive);
      });
}

void Connection::OnSent(beast::error_code error, bool keep_alive) {
  if (error) return Close();
  sending_.clear();
  return keep_alive ? WaitForRequest() : Linger();
}

// Closing with unread input would reset the connection, and the client might
// never see the response.
void Connection::Linger() {
  state_ = State::kLingering;
  beast::error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  Arm(kLingerTime);
  buffer_.consume(buffer_.size());
  if (!reading_) ReadLeftovers();
}

void Connection::ReadLeftovers() {
  buffer_.consume(buffer_.size());
  socket_.async_read_some(
      buffer_.prepare(kReadBytes),
      [self = shared_from_this()](beast::error_code error, size_t size) {
        if (self->state_ != State::kLingering) return;
        self->leftovers_ += size;
        if (error || self->leftovers_ > kMaxLeftoverBytes) {
          return self->Close();
        }
        self->ReadLeftovers();
      });
}

void Connection::FailRequest(beast::error_code error) {
  const bool is_protocol =
      error.category() ==
      beast::http::make_error_code(beast::http::error::end_of_stream)
          .category();
  if (is_protocol && error != beast::http::error::partial_message) {
    return Refuse(ReportFor(error, options_));
  }
  // Who broke off may still read, and part of the body may have been taken.
  return state_ == State::kBody ? Refuse(IncompleteReport()) : Close();
}

void Connection::Refuse(const ErrorReport& report) {
  if (LeaveToExchange(report)) return;
  AbortExchange();
  AnswerAndClose(report);
}

// What it was given before may need an answer of its own, and time for it.
bool Connection::LeaveToExchange(const ErrorReport& report) {
  if (exchange_ == nullptr || !exchange_->OnBroken(report)) return false;
  state_ = State::kAnswering;
  keep_alive_ = false;
  timer_.cancel();
  return true;
}

void Connection::AnswerAndClose(const ErrorReport& report) {
  handler_.OnRefused(report.reason);
  Send(ErrorResponse(report), /*keep_alive=*/false);
}

void Connection::AbortExchange() {
  if (exchange_ != nullptr) exchange_->OnAbort();
  exchange_.reset();
}

void Connection::Arm(std::chrono::milliseconds timeout) {
  timer_.expires_after(timeout);
  timer_.async_wait(
      [weak = weak_from_this(), wait = ++wait_](beast::error_code cancelled) {
        const auto self = weak.lock();
        if (cancelled || self == nullptr) return;
        // It may have ended just before what it watched over did.
        if (self->wait_ == wait) self->OnTimeout();
      });
}

bool Connection::IsAt(uint64_t request) const {
  return request == request_ && exchange_ != nullptr;
}

void Connection::ArmExchange(uint64_t request,
                             std::chrono::milliseconds delay) {
  exchange_timer_.expires_after(delay);
  exchange_timer_.async_wait(
      [weak = weak_from_this(), request,
       wait = ++exchange_wait_](beast::error_code cancelled) {
        const auto self = weak.lock();
        if (cancelled || self == nullptr || !self->IsAt(request)) return;
        // It may have ended just before another replaced it.
        if (self->exchange_wait_ == wait) self->exchange_->OnTimer();
      });
}

void Connection::OnTimeout() {
  if (state_ == State::kHead || (state_ == State::kBody && reading_)) {
    return Refuse(TimeoutReport());
  }
  if (state_ != State::kAnswering && state_ != State::kBody) Close();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  AbortExchange();
  Cut();
  on_closed_(*this);
}

}  // namespace phoenix::http
