#ifndef LIBS_SINKS_HTTP_CURL_CLIENT_H_
#define LIBS_SINKS_HTTP_CURL_CLIENT_H_

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/sinks/http/http_client.h"

namespace phoenix {

// An HttpClient by libcurl: connections that are kept open, one for each call
// under way, http and https only, no redirects, certificates verified. A thread
// of its own moves the bytes, so that calls go on while nobody waits. Threads
// as HttpClient.
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

  // Ends what is under way.
  ~CurlClient() override;

  void Start(size_t call, const HttpPost& post) override;
  HttpCompletion Wait() override;
  void Cancel() override;

 private:
  class Handle;
  class Multi;

  std::unique_ptr<Handle> MakeHandle(size_t call);
  void Prepare(const HttpPost& post, Handle& handle);
  void Run();
  void BeginStarted();
  void CompleteFinished();
  void CompleteCancelled();
  void Complete(Handle& handle, absl::StatusOr<HttpAnswer> answer);

  const Options options_;
  const std::unique_ptr<Multi> multi_;
  std::atomic<bool> cancelled_ = false;

  // By call. One that is under way is the thread's, others the caller's.
  std::vector<std::unique_ptr<Handle>> handles_;

  Mutex mutex_;
  CondVar completed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Handle*> started_ ABSL_GUARDED_BY(mutex_);
  std::deque<HttpCompletion> completions_ ABSL_GUARDED_BY(mutex_);

  std::vector<Handle*> under_way_;  // The thread's.
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_CURL_CLIENT_H_
