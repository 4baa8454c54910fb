#ifndef LIBS_HTTP_ERROR_RESPONSE_H_
#define LIBS_HTTP_ERROR_RESPONSE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/http/message.h"

namespace phoenix::http {

// What a client is told when its request fails: the JSON form of
// google.rpc.Status with an ErrorInfo and, where trying again makes sense, a
// RetryInfo, as in
//
//     {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"...",
//      "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",
//                  "reason":"QUEUE_FULL","domain":"phoenix.ingest.v1"},
//                 {"@type":"type.googleapis.com/google.rpc.RetryInfo",
//                  "retryDelay":"1s"}]}}
struct ErrorReport {
  int http_status = 500;
  std::string reason = {};  // UPPER_SNAKE, stable: for programs.
  std::string message =
      {};  // For people: a sentence that ends with what to change.

  // Variables of the message, for programs.
  std::vector<std::pair<std::string, std::string>> metadata = {};

  // When to try again; 0: not said. Also sent as Retry-After.
  int retry_after_seconds = 0;
};

// The response for it.
Response ErrorResponse(const ErrorReport& report);

// The name of the google.rpc.Code that goes with an HTTP status, the one that
// gRPC gives in the same place:
//
//   400                 INVALID_ARGUMENT    the request can never work
//   404                 NOT_FOUND
//   405, 415, 417, 501  UNIMPLEMENTED       a method, type or expectation that
//                                           is not supported
//   408                 DEADLINE_EXCEEDED
//   413, 429, 431       RESOURCE_EXHAUSTED  a limit; worth trying again only
//                                           where a RetryInfo says so
//   503                 UNAVAILABLE         try again
//   other 4xx, 5xx      INVALID_ARGUMENT, INTERNAL
std::string_view CodeNameForStatus(int http_status);

}  // namespace phoenix::http

#endif  // LIBS_HTTP_ERROR_RESPONSE_H_
