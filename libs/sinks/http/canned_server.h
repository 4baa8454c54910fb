#ifndef LIBS_SINKS_HTTP_CANNED_SERVER_H_
#define LIBS_SINKS_HTTP_CANNED_SERVER_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/io/unique_fd.h"

namespace phoenix {

// A test double of an HTTP server on a loopback port of its own: keeps the
// requests and answers them as it was told, each connection on a thread of its
// own. Thread-safe.
class CannedServer {
 public:
  struct Request {
    std::map<std::string, std::string> headers;  // Names in lower case.
    std::string body;
    bool accepted = false;  // It was answered with 2xx.
  };

  CannedServer();
  ~CannedServer();

  // `http://127.0.0.1:<port>/events`.
  std::string url() const;

  // The next request that has no answer yet gets this one, such as
  // "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"; empty: the connection is
  // closed instead. Without answers left, requests get 200.
  void AnswerNext(const std::string& answer);

  // Gives no answer before so many requests have come.
  void AnswerAfter(size_t requests);

  std::vector<Request> requests() const;
  int connections() const { return connections_; }

 private:
  void Serve();
  void ServeConnection(const UniqueFd& fd);
  // False when the connection has ended.
  static bool ReadRequest(int fd, std::string& buffer, Request& request);
  std::string Take(Request request);

  UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  mutable Mutex mutex_;
  CondVar changed_;
  size_t answer_after_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<std::string> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  // Used by the thread that accepts; it joins the others.
  std::vector<std::thread> serving_;
  std::vector<std::unique_ptr<UniqueFd>> fds_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_CANNED_SERVER_H_
