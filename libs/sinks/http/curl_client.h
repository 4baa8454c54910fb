#ifndef LIBS_SINKS_HTTP_CURL_CLIENT_H_
#define LIBS_SINKS_HTTP_CURL_CLIENT_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/sinks/http/http_client.h"

namespace phoenix {

// An HttpClient by libcurl: one connection that is kept open, http and https
// only, no redirects, certificates verified. Threads as HttpClient.
class CurlClient : public HttpClient {
 public:
  // What is kept of an answer's body.
  static constexpr size_t kMaxExcerptBytes = 512;

  struct Options {
    std::string url;
    std::string content_type;
    std::vector<std::string> headers;  // As `Name: value`, without line ends.
    std::string idempotency_header;    // Empty: none.
    absl::Duration timeout = absl::Seconds(30);
    absl::Duration connect_timeout = absl::Seconds(5);
  };

  explicit CurlClient(Options options);
  ~CurlClient() override;

  absl::StatusOr<HttpAnswer> Post(const HttpPost& post) override;
  void Cancel() override { cancelled_ = true; }

 private:
  class Handle;

  void Prepare(const HttpPost& post);

  const Options options_;
  std::atomic<bool> cancelled_ = false;
  std::unique_ptr<Handle> handle_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_CURL_CLIENT_H_
