#include "libs/sinks/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void AddHeader(const std::string& header, HeaderList& list) {
  // Null when memory is short: the list stays what it was.
  curl_slist* longer = curl_slist_append(list.get(), header.c_str());
  if (longer == nullptr) return;
  list.release();
  list.reset(longer);
}

size_t KeepExcerpt(char* data, size_t, size_t size, void* excerpt) {
  auto& text = *static_cast<std::string*>(excerpt);
  const size_t room = CurlClient::kMaxExcerptBytes - text.size();
  text.append(data, std::min(size, room));
  return size;
}

// Called about once a second at least; anything but 0 ends the request.
int EndIfCancelled(void* cancelled, curl_off_t, curl_off_t, curl_off_t,
                   curl_off_t) {
  return static_cast<std::atomic<bool>*>(cancelled)->load() ? 1 : 0;
}

absl::Status Cancelled() {
  return absl::CancelledError("request was cancelled");
}

absl::Status StatusOf(CURLcode code, const char* detail) {
  const std::string message = absl::StrFormat(
      "no answer: %s", *detail == '\0' ? curl_easy_strerror(code) : detail);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return absl::DeadlineExceededError(message);
  }
  return absl::UnavailableError(message);
}

}  // namespace

// The connection, and what libcurl points into during a request.
class CurlClient::Handle {
 public:
  Handle() {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    curl_ = initialised == CURLE_OK ? curl_easy_init() : nullptr;
  }
  ~Handle() {
    if (curl_ != nullptr) curl_easy_cleanup(curl_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }
  CURL* get() const { return curl_; }

  HeaderList headers;
  std::string excerpt;
  char error[CURL_ERROR_SIZE] = "";

 private:
  CURL* curl_;
};

CurlClient::CurlClient(Options options)
    : options_(std::move(options)), handle_(std::make_unique<Handle>()) {
  if (handle_->get() == nullptr) return;
  handle_->Set(CURLOPT_URL, options_.url.c_str());
  handle_->Set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle_->Set(CURLOPT_FOLLOWLOCATION, 0L);
  handle_->Set(CURLOPT_NOSIGNAL, 1L);
  handle_->Set(CURLOPT_POST, 1L);
  handle_->Set(CURLOPT_TCP_KEEPALIVE, 1L);
  handle_->Set(CURLOPT_TIMEOUT_MS,
               static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
  handle_->Set(
      CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
  handle_->Set(CURLOPT_ERRORBUFFER, handle_->error);
  handle_->Set(CURLOPT_NOPROGRESS, 0L);
  handle_->Set(CURLOPT_XFERINFOFUNCTION, &EndIfCancelled);
  handle_->Set(CURLOPT_XFERINFODATA, static_cast<void*>(&cancelled_));
  handle_->Set(CURLOPT_WRITEFUNCTION, &KeepExcerpt);
  handle_->Set(CURLOPT_WRITEDATA, static_cast<void*>(&handle_->excerpt));
}

CurlClient::~CurlClient() = default;

absl::StatusOr<HttpAnswer> CurlClient::Post(const HttpPost& post) {
  CURL* curl = handle_->get();
  if (curl == nullptr) return absl::UnavailableError("libcurl can't start");
  if (cancelled_) return Cancelled();
  Prepare(post);
  const CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_ABORTED_BY_CALLBACK) return Cancelled();
  if (code != CURLE_OK) return StatusOf(code, handle_->error);
  HttpAnswer answer;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  answer.excerpt = handle_->excerpt;
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) answer.retry_after = absl::Seconds(seconds);
  return answer;
}

void CurlClient::Prepare(const HttpPost& post) {
  HeaderList headers;
  AddHeader("Content-Type: " + options_.content_type, headers);
  // No round trip before the body.
  AddHeader("Expect:", headers);
  for (const std::string& header : options_.headers) {
    AddHeader(header, headers);
  }
  if (!post.content_encoding.empty()) {
    AddHeader("Content-Encoding: " + std::string(post.content_encoding),
              headers);
  }
  if (!options_.idempotency_header.empty() && !post.idempotency_key.empty()) {
    AddHeader(
        options_.idempotency_header + ": " + std::string(post.idempotency_key),
        headers);
  }
  handle_->Set(CURLOPT_HTTPHEADER, headers.get());
  handle_->headers = std::move(headers);
  handle_->Set(CURLOPT_POSTFIELDS, post.body.data());
  handle_->Set(CURLOPT_POSTFIELDSIZE_LARGE,
               static_cast<curl_off_t>(post.body.size()));
  handle_->excerpt.clear();
  handle_->error[0] = '\0';
}

}  // namespace phoenix
