#include "libs/sources/grpc/ingest_service.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/event/event_batch.h"
#include "libs/event/event_reason.h"
#include "libs/sources/grpc/batch_reader.h"
#include "libs/sources/grpc/publish_call.h"
#include "libs/sources/grpc/publish_stream.h"
#include "libs/sources/request_trace.h"

namespace phoenix {
namespace {

using ingest::v1::PublishRequest;
using ingest::v1::PublishResponse;

void FillResponse(const std::vector<DecodeError>& errors,
                  const BatchOutcome& outcome, AckLevel ack_level,
                  PublishResponse& response) {
  for (auto& failure : FailuresOf(errors, outcome)) {
    *response.add_failures() = std::move(failure);
  }
  response.set_ack_level(static_cast<ingest::v1::AckLevel>(ack_level));
}

}  // namespace

IngestServiceImpl::IngestServiceImpl(IngestServiceOptions options,
                                     ByteAllowance& allowance, Outlet& outlet,
                                     Clock& clock)
    : options_(std::move(options)),
      allowance_(allowance),
      outlet_(outlet),
      clock_(clock) {}

grpc::ServerUnaryReactor* IngestServiceImpl::Publish(
    grpc::CallbackServerContext* context, const PublishRequest* request,
    PublishResponse* response) {
  const std::shared_ptr<PublishCall> call =
      PublishCall::Open(allowance_, *response);
  auto error = CheckDoor(request->door());
  if (!error) error = CheckBatch(request->events_size());
  if (!error) error = Reserve(call->share(), request->ByteSizeLong());
  if (error) {
    call->End(Refuse(*error));
  } else {
    Take(*request, *context, call);
  }
  return call.get();
}

void IngestServiceImpl::Take(const PublishRequest& request,
                             const grpc::CallbackServerContext& context,
                             const std::shared_ptr<PublishCall>& call) {
  DecodedBatch decoded =
      BatchReader(options_.max_event_bytes).Read(request.events(), NowNanos());
  CountRefused(decoded.errors);
  SettleCallback answer =
      [call, errors = std::move(decoded.errors),
       level = outlet_.ack_level()](const BatchOutcome& outcome) {
        call->End(grpc::Status::OK, [&](PublishResponse& response) {
          FillResponse(errors, outcome, level, response);
        });
      };
  if (decoded.batch == nullptr) return answer(BatchOutcome(0));
  const int events = static_cast<int>(decoded.batch->size());
  // Of 64 bits: as good as never the number of a stream too.
  const uint64_t lane = absl::HashOf(context.peer());
  const absl::Status offered = outlet_.Offer(
      TraceOf(context.client_metadata()).AddTo(std::move(decoded.batch)), lane,
      std::move(answer));
  if (!offered.ok()) return call->End(Refuse(ErrorOfOffer(offered)));
  call->EndAfter(options_.ack_timeout,
                 ToGrpcStatus(AckTimeout(events, options_.ack_timeout)),
                 [this] { outlet_.CountRejected(1, "ACK_TIMEOUT"); });
}

grpc::ServerBidiReactor<ingest::v1::PublishStreamRequest,
                        ingest::v1::PublishStreamResponse>*
IngestServiceImpl::PublishStream(grpc::CallbackServerContext* context) {
  return phoenix::PublishStream::Open(*this, next_lane_++,
                                      TraceOf(context->client_metadata()));
}

grpc::Status IngestServiceImpl::Refuse(const PublishError& error) {
  outlet_.CountRejected(1, error.reason.c_str());
  return ToGrpcStatus(error);
}

void IngestServiceImpl::CountRefused(const std::vector<DecodeError>& errors) {
  for (const DecodeError& error : errors) {
    outlet_.CountRejected(1, EventReason(error.status));
  }
}

int64_t IngestServiceImpl::NowNanos() const {
  return absl::ToUnixNanos(clock_.Now());
}

std::optional<PublishError> IngestServiceImpl::CheckDoor(
    const std::string& door) const {
  if (draining_) {
    return PublishError{.code = absl::StatusCode::kUnavailable,
                        .reason = "DRAINING",
                        .message = "The server is going away; call again.",
                        .retry = true};
  }
  if (door.empty() || door == options_.door) return std::nullopt;
  return PublishError{
      .code = absl::StatusCode::kNotFound,
      .reason = "DOOR_NOT_FOUND",
      .message = absl::StrCat("There is no door '", door,
                              "' here; set `door` "
                              "to '",
                              options_.door, "' or leave it empty."),
      .field = "door"};
}

std::optional<PublishError> IngestServiceImpl::CheckBatch(int event_count) {
  if (event_count == 0) {
    return PublishError{.code = absl::StatusCode::kInvalidArgument,
                        .reason = "BATCH_EMPTY",
                        .message = "The batch is empty; send some `events`.",
                        .field = "events"};
  }
  if (event_count <= static_cast<int>(EventBatch::kMaxEvents)) {
    return std::nullopt;
  }
  return PublishError{
      .code = absl::StatusCode::kInvalidArgument,
      .reason = "BATCH_TOO_LARGE",
      .message =
          absl::StrCat("The batch has ", event_count, " events; send at most ",
                       EventBatch::kMaxEvents, " at once."),
      .field = "events"};
}

std::optional<PublishError> IngestServiceImpl::Reserve(
    ByteAllowance::Share& share, size_t message_bytes) {
  if (share.Resize(BytesToTake(message_bytes))) return std::nullopt;
  return PublishError{
      .code = absl::StatusCode::kResourceExhausted,
      .reason = "QUEUE_FULL",
      .message =
          "The door holds as much of unfinished calls as "
          "max_buffered_bytes allows; send the events again later.",
      .retry = true,
      .metadata = {{"option", "max_buffered_bytes"}}};
}

grpc::Status ToGrpcStatus(const PublishError& error) {
  return grpc::Status(static_cast<grpc::StatusCode>(error.code), error.message,
                      ToRpcStatus(error).SerializeAsString());
}

}  // namespace phoenix
