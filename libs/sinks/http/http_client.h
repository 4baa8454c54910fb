#ifndef LIBS_SINKS_HTTP_HTTP_CLIENT_H_
#define LIBS_SINKS_HTTP_HTTP_CLIENT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace phoenix {

// One POST.
struct HttpPost {
  std::string_view body;
  std::string_view content_encoding = {};  // Empty: none.
  std::string_view idempotency_key = {};   // Empty: none.
};

// What a server answered.
struct HttpAnswer {
  int status = 0;
  std::string excerpt = {};  // The beginning of the body, for messages.
  std::optional<absl::Duration> retry_after = {};
};

// What became of a call: UNAVAILABLE or DEADLINE_EXCEEDED when it has no
// answer, CANCELLED after Cancel.
struct HttpCompletion {
  size_t call = 0;
  absl::StatusOr<HttpAnswer> answer;
  absl::Duration took = absl::ZeroDuration();  // From its start.
};

// Posts to one URL, several calls at a time. Used by one thread, but for
// Cancel.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Begins a call under a number that no call under way has. What `post` refers
  // to must stay until Wait has given the call's completion. Does not block.
  virtual void Start(size_t call, const HttpPost& post) = 0;

  // Blocks until a call has come to its end, and gives each once. A call must
  // be under way.
  virtual HttpCompletion Wait() = 0;

  // Ends the calls that are under way, within a second, and all later ones at
  // once. From any thread.
  virtual void Cancel() = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_HTTP_CLIENT_H_
