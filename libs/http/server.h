#ifndef LIBS_HTTP_SERVER_H_
#define LIBS_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "libs/http/handler.h"

namespace phoenix::http {

// The bounds of a server: what one client, or all together, can make it hold.
struct ServerOptions {
  // What a connection reads at once, and so the largest part of a body.
  static constexpr size_t kReadBytes = 64 << 10;

  std::string address;  // `127.0.0.1:8080`; port 0: the system chooses.

  // What the user set the address by, for errors. Lives for ever.
  std::string_view address_option = "address";

  // The header fields, and the request line as much again. More is answered
  // with 431.
  uint32_t max_header_bytes = 8 << 10;

  // A body as it is sent, before it is decompressed. More is answered with 413.
  uint64_t max_body_bytes = 64 << 20;

  // More connections are answered with 503 and closed, which the handler hears
  // of as CONNECTION_LIMIT.
  size_t max_connections = 1000;

  // From the first byte of a request to the end of its head: whoever drips
  // header bytes is cut off with 408.
  std::chrono::milliseconds header_timeout{10'000};

  // Between two parts of a body; while the handler pauses no time runs.
  std::chrono::milliseconds read_timeout{30'000};

  // For a connection on which nothing happens between requests.
  std::chrono::milliseconds idle_timeout{60'000};

  // For a client that does not take its response.
  std::chrono::milliseconds write_timeout{30'000};
};

// An HTTP/1.1 server on one thread of its own: keep-alive, chunked bodies,
// `Expect: 100-continue`. Requests on a connection are handled one after the
// other; what a client sends ahead (pipelining) waits in the socket, so it
// costs nothing here. Errors of the protocol are answered by the server itself,
// in JSON (see error_response.h), as are requests of HTTP/1.1 without one Host
// and with an expectation that is not 100-continue.
//
// Start, StopAccepting and Stop are called by one thread.
class Server {
 public:
  // `handler` outlives the server.
  Server(ServerOptions options, Handler& handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens and starts the thread; see OpenListenSocket for the errors.
  absl::Status Start();

  // The port that is bound; after Start.
  uint16_t port() const;

  // Refuses new connections, and closes each one after the response to the
  // request that it is in, or that still comes on it: the handler is to answer
  // those until Stop.
  void StopAccepting();

  // Cuts every connection and ends the thread. No exchange or handler is called
  // afterwards. Idempotent.
  void Stop();

  // How many connections are open. Thread-safe.
  size_t connection_count() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_SERVER_H_
