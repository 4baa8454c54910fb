#ifndef LIBS_SOURCES_GRPC_PUBLISH_ERROR_H_
#define LIBS_SOURCES_GRPC_PUBLISH_ERROR_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "libs/event/decode_error.h"
#include "libs/event/outcome.h"
#include "phoenix/ingest/v1/ingest_service.pb.h"

namespace phoenix {

// An error of the ingest service: what its ErrorInfo says, and whether it is
// worth trying again.
struct PublishError {
  absl::StatusCode code = absl::StatusCode::kInternal;
  std::string reason;   // UPPER_SNAKE, as ingest_service.proto names it.
  std::string message;  // For people; ends with what to change.
  bool retry = false;   // Adds a RetryInfo.
  // The field that is wrong, for a BadRequest; empty: none.
  std::string field = {};
  // Variables of the message, for programs.
  std::map<std::string, std::string> metadata = {};
  // When to try again; for a RetryInfo. Long enough for a queue to move, short
  // enough not to be noticed.
  absl::Duration retry_delay = absl::Milliseconds(500);
};

// The same with its details.
google::rpc::Status ToRpcStatus(const PublishError& error);

// What an offer that failed means for the producer.
PublishError ErrorOfOffer(const absl::Status& offered);

// That the outcomes of a batch of so many events, which was taken, did not come
// within `timeout`.
PublishError AckTimeout(int events, std::chrono::milliseconds timeout);

// What the producer hears of one batch: the events that could not be decoded
// (`errors`, by ascending index) and those rows of `outcome` that the pipeline
// refused or gave up, under the indexes that they had in the request.
std::vector<ingest::v1::EventFailure> FailuresOf(
    const std::vector<DecodeError>& errors, const BatchOutcome& outcome);

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_PUBLISH_ERROR_H_
