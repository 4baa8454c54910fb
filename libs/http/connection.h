#ifndef LIBS_HTTP_CONNECTION_H_
#define LIBS_HTTP_CONNECTION_H_

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "libs/http/error_response.h"
#include "libs/http/handler.h"
#include "libs/http/server.h"
#include "libs/http/stream_body.h"
#include "libs/net/owned_fd.h"

namespace phoenix::http {

// One connection of a Server. Lives on the event loop; held by its server and
// by its pending operations. Include it in .cc files only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Context = boost::asio::io_context;

  // `options` and `handler` outlive the loop's thread. `on_closed` is called
  // once, on the loop, when the connection has ended by itself.
  Connection(const std::shared_ptr<Context>& context, OwnedFd fd, uint64_t id,
             const ServerOptions& options, Handler& handler,
             std::function<void(Connection&)> on_closed);

  // Begins to read. Once.
  void Start() { WaitForRequest(); }

  // From now on each response says that the connection ends after it. One that
  // is idle stays open: a request may be on its way, which is to be answered.
  void Drain() { draining_ = true; }

  // Cuts the connection at once, without a callback. On the loop, or when that
  // has stopped.
  void Cut();

  uint64_t id() const { return id_; }

 private:
  enum class State : uint8_t {
    kIdle,       // Between requests.
    kHead,       // Reads a head.
    kBody,       // Reads a body.
    kAnswering,  // The request is complete, its response is awaited.
    kWriting,    // The response is on its way.
    kLingering,  // Answered early: throws the rest away before it closes.
    kClosed,
  };

  // The Responder of one request; `request` says of which.
  class Link;
  using Parser = boost::beast::http::request_parser<StreamBody>;

  void WaitForRequest();
  void ReadHead();
  void OnHead(boost::beast::error_code error);
  void BeginRequest(const RequestHead& head, bool expects_continue);
  RequestHead TakeHead() const;
  void SendContinue();
  void ReadBody();
  void OnBodyRead(boost::beast::error_code error);
  void PassOn(std::string_view part);
  void EndRequest();

  void OnResponse(uint64_t request, const Response& response);
  void OnResume(uint64_t request);
  void Send(const Response& response, bool keep_alive);
  void OnSent(boost::beast::error_code error, bool keep_alive);
  void Linger();
  void ReadLeftovers();

  void FailRequest(boost::beast::error_code error);
  void Refuse(const ErrorReport& report);
  bool LeaveToExchange(const ErrorReport& report);
  void AnswerAndClose(const ErrorReport& report);
  void AbortExchange();
  bool IsAt(uint64_t request) const;
  void ArmExchange(uint64_t request, std::chrono::milliseconds delay);
  void Arm(std::chrono::milliseconds timeout);
  void OnTimeout();
  void Close();

  const std::weak_ptr<Context> context_;
  const uint64_t id_;
  const ServerOptions& options_;
  Handler& handler_;
  const std::function<void(Connection&)> on_closed_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;           // Watches over the client.
  boost::asio::steady_timer exchange_timer_;  // Of the handler.
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::unique_ptr<Exchange> exchange_;
  uint64_t request_ = 0;  // Counts requests: late answers to others are void.
  uint64_t wait_ = 0;     // Counts waits of timer_: the end of others is void.
  uint64_t exchange_wait_ = 0;  // The same of exchange_timer_.
  std::string sending_;
  uint64_t leftovers_ = 0;
  State state_ = State::kIdle;
  bool head_request_ = false;
  bool keep_alive_ = false;
  bool draining_ = false;
  bool paused_ = false;
  bool reading_ = false;
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_CONNECTION_H_
