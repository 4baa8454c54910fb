#ifndef LIBS_HTTP_HANDLER_H_
#define LIBS_HTTP_HANDLER_H_

#include <chrono>
#include <memory>
#include <string_view>

#include "libs/http/error_response.h"
#include "libs/http/message.h"

namespace phoenix::http {

// The way back to the client of one request. Thread-safe; may outlive the
// connection and the server, and does nothing then.
class Responder {
 public:
  virtual ~Responder() = default;

  // Sends the response. Only the first call counts. It may come before the body
  // has been read: what is left of that is thrown away, and the connection
  // closed afterwards.
  virtual void Respond(Response response) = 0;

  // Stops reading the body, so that the client is held up by TCP, and goes on
  // with it. OnBody may be called once more after a pause, for what had been
  // read already. Pause only from within OnBody; resume from any thread.
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;

  // Has the exchange's OnWake called on the server's thread, from any thread.
  virtual void Wake() = 0;

  // Has the exchange's OnTimer called after `delay`, unless it is gone by then.
  // Only on the server's thread; a later call replaces an earlier one.
  virtual void SetTimer(std::chrono::milliseconds delay) = 0;
};

// Takes in one request whose head has been read. All calls come on the server's
// thread, one at a time, and must not block; the object is destroyed on it too,
// when the response is on its way or the request has failed, or by
// Server::Stop.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // The next part of the body, at most 64 KiB, without any chunk framing. Valid
  // during the call. Comes any number of times.
  virtual void OnBody(std::string_view part) = 0;

  // The body is complete. Once, unless OnAbort comes.
  virtual void OnEnd() = 0;

  // The request will never be complete, and the client waits to hear why: it
  // was too slow, sent too much, or broke the protocol. True: the exchange
  // sends a response, now or later, and gets no more of the body; false: the
  // server sends `report`, and OnAbort follows.
  virtual bool OnBroken(const ErrorReport& /*report*/) { return false; }

  // The request will never be complete. Nothing follows, and nobody waits for a
  // response.
  virtual void OnAbort() {}

  // Responder::Wake was called: once or more often.
  virtual void OnWake() {}

  // The time of Responder::SetTimer has come.
  virtual void OnTimer() {}
};

// Takes requests. One object serves all connections, on the server's thread.
class Handler {
 public:
  virtual ~Handler() = default;

  // A request has begun. Never null; a handler that refuses calls
  // `responder->Respond` at once and returns an exchange that ignores the rest.
  virtual std::unique_ptr<Exchange> Accept(
      const RequestHead& head, std::shared_ptr<Responder> responder) = 0;

  // A request, or a connection, was refused without being one that Accept can
  // answer; `reason` as in its ErrorReport. For counting.
  virtual void OnRefused(std::string_view /*reason*/) {}
};

// An exchange that throws the body away: for requests that are answered by
// their head alone.
class IgnoredBody : public Exchange {
 public:
  void OnBody(std::string_view) override {}
  void OnEnd() override {}
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_HANDLER_H_
