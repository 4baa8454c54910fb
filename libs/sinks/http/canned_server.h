#ifndef LIBS_SINKS_HTTP_CANNED_SERVER_H_
#define LIBS_SINKS_HTTP_CANNED_SERVER_H_

#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/io/unique_fd.h"

namespace phoenix {

// A test double of an HTTP server on a loopback port of its own: keeps the
// requests and answers them as it was told, one connection at a time.
// Thread-safe.
class CannedServer {
 public:
  struct Request {
    std::map<std::string, std::string> headers;  // Names in lower case.
    std::string body;
  };

  CannedServer();
  ~CannedServer();

  // `http://127.0.0.1:<port>/events`.
  std::string url() const;

  // The next request that has no answer yet gets this one, such as
  // "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"; empty: the connection is
  // closed instead. Without answers left, requests get 200.
  void AnswerNext(const std::string& answer);

  std::vector<Request> requests() const;
  int connections() const { return connections_; }

 private:
  void Serve();
  void ServeConnection(int fd);
  // False when the connection has ended.
  static bool ReadRequest(int fd, std::string& buffer, Request& request);
  std::string TakeAnswer();

  UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connection_ = -1;
  std::atomic<int> connections_ = 0;
  mutable Mutex mutex_;
  std::deque<std::string> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_CANNED_SERVER_H_
