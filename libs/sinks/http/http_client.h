#ifndef LIBS_SINKS_HTTP_HTTP_CLIENT_H_
#define LIBS_SINKS_HTTP_HTTP_CLIENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace phoenix {

// One POST; all is borrowed during the call.
struct HttpPost {
  std::string_view body;
  std::string_view content_encoding;  // Empty: none.
  std::string_view idempotency_key;   // Empty: none.
};

// What a server answered.
struct HttpAnswer {
  int status = 0;
  std::string excerpt = {};  // The beginning of the body, for messages.
  std::optional<absl::Duration> retry_after = {};
};

// Posts to one URL. Thread-compatible, but for Cancel.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Blocks until the answer is there. UNAVAILABLE or DEADLINE_EXCEEDED when
  // there is none.
  virtual absl::StatusOr<HttpAnswer> Post(const HttpPost& post) = 0;

  // Ends the request that is under way, within a second, and all later ones at
  // once: they are UNAVAILABLE. From any thread.
  virtual void Cancel() = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_HTTP_CLIENT_H_
