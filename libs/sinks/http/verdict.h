#ifndef LIBS_SINKS_HTTP_VERDICT_H_
#define LIBS_SINKS_HTTP_VERDICT_H_

#include "absl/status/status.h"
#include "libs/sinks/http/http_client.h"

namespace phoenix {

// What an answer means for the rows of its request.
enum class Verdict {
  kDelivered,
  kRetry,    // The server, or what is between, may take them later.
  kRefused,  // It will never take them.
  kTooMany,  // It does not take these together: some of them alone, perhaps.
};
Verdict VerdictOf(int http_status);

// The status of rows whose request had this answer, which was not 2xx; with the
// server's Retry-After.
absl::Status StatusOfAnswer(const HttpAnswer& answer);

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_VERDICT_H_
