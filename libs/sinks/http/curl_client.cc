#include "libs/sinks/http/curl_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace phoenix {
namespace {

// Whoever starts or cancels a call wakes the thread; this is only for the rest
// of libcurl's timers.
constexpr int kPollMillis = 1000;

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

bool InitialiseCurl() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  return initialised == CURLE_OK;
}

}  // namespace

// One call at a time, and what libcurl points into during it.
class CurlClient::Handle {
 public:
  explicit Handle(size_t call) : call(call), curl_(curl_easy_init()) {
    Set(CURLOPT_PRIVATE, static_cast<void*>(this));
  }
  ~Handle() {
    if (curl_ != nullptr) curl_easy_cleanup(curl_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename Value>
  void Set(CURLoption option, Value value) {
    if (curl_ != nullptr) curl_easy_setopt(curl_, option, value);
  }
  CURL* get() const { return curl_; }

  absl::Duration Took() const {
    curl_off_t micros = 0;
    curl_easy_getinfo(curl_, CURLINFO_TOTAL_TIME_T, &micros);
    return absl::Microseconds(micros);
  }

  HttpAnswer Answer() const {
    HttpAnswer answer;
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    answer.excerpt = excerpt;
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl_, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > 0) answer.retry_after = absl::Seconds(seconds);
    return answer;
  }

  const size_t call;
  HeaderList headers;
  std::string excerpt;
  char error[CURL_ERROR_SIZE] = "";

 private:
  CURL* curl_;
};

// All calls that are under way.
class CurlClient::Multi {
 public:
  Multi() : curl_(InitialiseCurl() ? curl_multi_init() : nullptr) {}
  ~Multi() {
    if (curl_ != nullptr) curl_multi_cleanup(curl_);
  }
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  CURLM* get() const { return curl_; }

 private:
  CURLM* curl_;
};

CurlClient::CurlClient(Options options)
    : options_(std::move(options)),
      multi_(std::make_unique<Multi>()),
      thread_([this] { Run(); }) {}

CurlClient::~CurlClient() {
  Cancel();
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_->get());
  thread_.join();
}

std::unique_ptr<CurlClient::Handle> CurlClient::MakeHandle(size_t call) {
  auto handle = std::make_unique<Handle>(call);
  const auto millis = [](absl::Duration duration) {
    return static_cast<long>(absl::ToInt64Milliseconds(duration));
  };
  handle->Set(CURLOPT_URL, options_.url.c_str());
  handle->Set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle->Set(CURLOPT_FOLLOWLOCATION, 0L);
  handle->Set(CURLOPT_NOSIGNAL, 1L);
  // A name that is still being resolved holds up neither the other requests
  // nor the end.
  handle->Set(CURLOPT_QUICK_EXIT, 1L);
  handle->Set(CURLOPT_POST, 1L);
  handle->Set(CURLOPT_TCP_KEEPALIVE, 1L);
  handle->Set(CURLOPT_TIMEOUT_MS, millis(options_.timeout));
  handle->Set(CURLOPT_CONNECTTIMEOUT_MS, millis(options_.connect_timeout));
  handle->Set(CURLOPT_ERRORBUFFER, handle->error);
  handle->Set(CURLOPT_WRITEFUNCTION, &KeepExcerpt);
  handle->Set(CURLOPT_WRITEDATA, static_cast<void*>(&handle->excerpt));
  return handle;
}

void CurlClient::Start(size_t call, const HttpPost& post) {
  if (handles_.size() <= call) handles_.resize(call + 1);
  if (handles_[call] == nullptr) handles_[call] = MakeHandle(call);
  Prepare(post, *handles_[call]);
  {
    MutexLock lock(mutex_);
    started_.push_back(handles_[call].get());
  }
  curl_multi_wakeup(multi_->get());
}

void CurlClient::Prepare(const HttpPost& post, Handle& handle) {
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
  handle.Set(CURLOPT_HTTPHEADER, headers.get());
  handle.headers = std::move(headers);
  handle.Set(CURLOPT_POSTFIELDS, post.body.data());
  handle.Set(CURLOPT_POSTFIELDSIZE_LARGE,
             static_cast<curl_off_t>(post.body.size()));
  handle.excerpt.clear();
  handle.error[0] = '\0';
}

HttpCompletion CurlClient::Wait() {
  MutexLock lock(mutex_);
  while (completions_.empty()) completed_.Wait(mutex_);
  HttpCompletion completion = std::move(completions_.front());
  completions_.pop_front();
  return completion;
}

void CurlClient::Cancel() {
  cancelled_ = true;
  curl_multi_wakeup(multi_->get());
}

void CurlClient::Run() {
  while (true) {
    BeginStarted();
    if (cancelled_) CompleteCancelled();
    int running = 0;
    curl_multi_perform(multi_->get(), &running);
    CompleteFinished();
    {
      MutexLock lock(mutex_);
      if (stopping_) return;
    }
    curl_multi_poll(multi_->get(), nullptr, 0, kPollMillis, nullptr);
  }
}

void CurlClient::BeginStarted() {
  std::vector<Handle*> started;
  {
    MutexLock lock(mutex_);
    started.swap(started_);
  }
  for (Handle* handle : started) {
    under_way_.push_back(handle);
    if (handle->get() == nullptr ||
        curl_multi_add_handle(multi_->get(), handle->get()) != CURLM_OK) {
      Complete(*handle, absl::UnavailableError("libcurl can't start"));
    }
  }
}

void CurlClient::CompleteFinished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_->get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    Handle* handle = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &handle);
    if (code == CURLE_OK) {
      Complete(*handle, handle->Answer());
    } else {
      Complete(*handle, StatusOf(code, handle->error));
    }
  }
}

void CurlClient::CompleteCancelled() {
  while (!under_way_.empty()) Complete(*under_way_.back(), Cancelled());
}

void CurlClient::Complete(Handle& handle, absl::StatusOr<HttpAnswer> answer) {
  std::erase(under_way_, &handle);
  absl::Duration took;
  if (handle.get() != nullptr) {
    took = handle.Took();
    curl_multi_remove_handle(multi_->get(), handle.get());
  }
  MutexLock lock(mutex_);
  completions_.push_back({handle.call, std::move(answer), took});
  completed_.NotifyAll();
}

}  // namespace phoenix
