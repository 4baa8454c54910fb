#include "libs/sources/grpc/publish_error.h"

#include <algorithm>
#include <map>

#include "google/rpc/error_details.pb.h"

namespace phoenix {
namespace {

constexpr char kDomain[] = "phoenix.ingest.v1";

// Long enough for a queue to move, short enough not to be noticed.
constexpr int kRetryDelayMillis = 500;

PublishError InvalidEvent(const DecodeError& error) {
  return {.code = absl::StatusCode::kInvalidArgument,
          .reason = "EVENT_INVALID",
          .message = std::string(error.status.message()),
          .retry = false};
}

PublishError RejectedEvent(const std::string& why) {
  return {.code = absl::StatusCode::kInvalidArgument,
          .reason = "EVENT_REJECTED",
          .message = why.empty() ? "the pipeline refused the event" : why,
          .retry = false};
}

PublishError EventNotTaken() {
  return {.code = absl::StatusCode::kUnavailable,
          .reason = "DRAINING",
          .message = "the server is going away; send the event again",
          .retry = true};
}

ingest::v1::EventFailure Failure(uint64_t index, const PublishError& error) {
  ingest::v1::EventFailure failure;
  failure.set_event_index(static_cast<int32_t>(index));
  *failure.mutable_status() = ToRpcStatus(error);
  return failure;
}

std::map<uint32_t, std::string> ReasonsByRow(const BatchOutcome& outcome) {
  std::map<uint32_t, std::string> reasons;
  for (const OutcomeDetail& detail : outcome.details()) {
    reasons.emplace(detail.row, std::string(detail.status.message()));
  }
  return reasons;
}

}  // namespace

google::rpc::Status ToRpcStatus(const PublishError& error) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(error.code));
  status.set_message(error.message);
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain(kDomain);
  status.add_details()->PackFrom(info);
  if (error.retry) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(kRetryDelayMillis * 1'000'000);
    status.add_details()->PackFrom(retry);
  }
  if (!error.field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(error.field);
    violation->set_description(error.message);
    status.add_details()->PackFrom(bad);
  }
  return status;
}

PublishError ErrorOfOffer(const absl::Status& offered) {
  const bool full = absl::IsResourceExhausted(offered);
  return {.code = full ? absl::StatusCode::kResourceExhausted
                       : absl::StatusCode::kUnavailable,
          .reason = full ? "QUEUE_FULL" : "DRAINING",
          .message = std::string(offered.message()),
          .retry = true};
}

std::vector<ingest::v1::EventFailure> FailuresOf(
    const std::vector<DecodeError>& errors, const BatchOutcome& outcome) {
  std::vector<ingest::v1::EventFailure> failures;
  const auto reasons = ReasonsByRow(outcome);
  auto error = errors.begin();
  uint64_t index = 0;
  const auto pass_errors = [&] {
    for (; error != errors.end() && error->position == index; ++error) {
      failures.push_back(Failure(index++, InvalidEvent(*error)));
    }
  };
  for (uint32_t row = 0; row < outcome.size(); ++row, ++index) {
    pass_errors();
    if (outcome.at(row) == Outcome::kRejected) {
      const auto why = reasons.find(row);
      failures.push_back(Failure(
          index, RejectedEvent(why == reasons.end() ? "" : why->second)));
    } else if (outcome.at(row) == Outcome::kRetry) {
      failures.push_back(Failure(index, EventNotTaken()));
    }
  }
  pass_errors();
  return failures;
}

}  // namespace phoenix
