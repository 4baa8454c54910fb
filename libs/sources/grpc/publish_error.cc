#include "libs/sources/grpc/publish_error.h"

#include <ctime>

#include "google/rpc/error_details.pb.h"
#include "libs/base/error_details.h"
#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/sources/limited_by.h"
#include "libs/sources/not_taken.h"

namespace phoenix {
namespace {

constexpr char kDomain[] = "phoenix.ingest.v1";

// Long enough for a sink that stalls to come back.
constexpr absl::Duration kStallDelay = absl::Seconds(5);

PublishError InvalidEvent(const DecodeError& error) {
  return {.code = absl::StatusCode::kInvalidArgument,
          .reason = EventReason(error.status),
          .message = std::string(error.status.message()),
          .retry = false};
}

PublishError RejectedEvent(const std::string& why) {
  return {.code = absl::StatusCode::kInvalidArgument,
          .reason = "EVENT_REJECTED",
          .message = why.empty() ? "the pipeline refused the event" : why,
          .retry = false};
}

PublishError EventNotTaken(const absl::Status& why) {
  if (!why.ok()) {
    return {.code = why.code(),
            .reason = kNotTaken,
            .message = std::string(why.message()),
            .retry = true};
  }
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
  info.mutable_metadata()->insert(error.metadata.begin(), error.metadata.end());
  status.add_details()->PackFrom(info);
  if (error.retry) {
    google::rpc::RetryInfo retry;
    const timespec delay = absl::ToTimespec(error.retry_delay);
    retry.mutable_retry_delay()->set_seconds(delay.tv_sec);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.tv_nsec));
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
  PublishError error{.code = full ? absl::StatusCode::kResourceExhausted
                                  : absl::StatusCode::kUnavailable,
                     .reason = full ? "QUEUE_FULL" : "DRAINING",
                     .message = std::string(offered.message()),
                     .retry = true};
  const std::string component = LimitedBy(offered);
  if (!component.empty()) error.metadata = {{"component", component}};
  error.retry_delay = GetRetryDelay(offered).value_or(error.retry_delay);
  return error;
}

PublishError AckTimeout(int events, std::chrono::milliseconds timeout) {
  const std::string count = std::to_string(events);
  return {.code = absl::StatusCode::kDeadlineExceeded,
          .reason = "ACK_TIMEOUT",
          .message = Cat("The ", count, " events have no outcome after ",
                         timeout.count(),
                         " ms (ack_timeout). They were taken and may still be "
                         "delivered, so that sending them again may deliver "
                         "them twice."),
          .retry = true,
          .metadata = {{"inFlight", count}},
          .retry_delay = kStallDelay};
}

std::vector<ingest::v1::EventFailure> FailuresOf(
    const std::vector<DecodeError>& errors, const BatchOutcome& outcome) {
  std::vector<ingest::v1::EventFailure> failures;
  const auto reasons = ReasonsByRow(outcome);
  const absl::Status why_not = WhyNotTaken(outcome);
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
      failures.push_back(Failure(index, EventNotTaken(why_not)));
    }
  }
  pass_errors();
  return failures;
}

}  // namespace phoenix
