#include "libs/sources/grpc/publish_stream.h"

#include <utility>

namespace phoenix {
namespace {

using ingest::v1::PublishStreamRequest;

// How long a draining server still acknowledges; its own deadline is shorter.
constexpr int kDrainGraceSeconds = 10;

}  // namespace

PublishStream* PublishStream::Open(IngestServiceImpl& service, uint64_t lane,
                                   RequestTrace trace) {
  auto stream =
      std::make_shared<PublishStream>(service, lane, std::move(trace));
  stream->self_ = stream;
  stream->Begin();
  return stream.get();
}

PublishStream::PublishStream(IngestServiceImpl& service, uint64_t lane,
                             RequestTrace trace)
    : service_(service),
      outlet_(service.outlet()),
      lane_(lane),
      trace_(std::move(trace)),
      share_(service.allowance()),
      reader_(service.options().max_event_bytes),
      ledger_({service.options().stream_credit_bytes,
               service.options().stream_credit_events}) {}

void PublishStream::Begin() {
  MutexLock lock(mutex_);
  if (const auto error = service_.Reserve(share_, 0)) {
    return FinishOnce(service_.Refuse(*error));
  }
  StartRead(&request_);
}

void PublishStream::OnReadDone(bool ok) {
  {
    MutexLock lock(mutex_);
    if (finished_) return;
    if (!ok) {
      half_closed_ = true;
      return WriteOrFinish();
    }
    if (const auto error = Handle()) return EndWhenSettled(*error);
    WriteOrFinish();
  }
  OfferHeld();
}

std::optional<PublishError> PublishStream::Handle() {
  switch (request_.frame_case()) {
    case PublishStreamRequest::kOpen:
      return HandleOpen();
    case PublishStreamRequest::kBatch:
      return HandleBatch();
    case PublishStreamRequest::FRAME_NOT_SET:
      break;
  }
  return PublishError{.code = absl::StatusCode::kInvalidArgument,
                      .reason = "FRAME_UNKNOWN",
                      .message = "The frame is empty; set `open` or `batch`."};
}

std::optional<PublishError> PublishStream::HandleOpen() {
  if (opened_) {
    return PublishError{.code = absl::StatusCode::kFailedPrecondition,
                        .reason = "STREAM_ALREADY_OPEN",
                        .message = "The stream is open; send `batch` frames."};
  }
  if (auto error = service_.CheckDoor(request_.open().door())) return error;
  opened_ = greet_ = true;
  return std::nullopt;
}

std::optional<PublishError> PublishStream::HandleBatch() {
  if (!opened_) {
    return PublishError{
        .code = absl::StatusCode::kFailedPrecondition,
        .reason = "STREAM_NOT_OPEN",
        .message = "The stream is not open; send `open` first."};
  }
  const auto& batch = request_.batch();
  if (auto error = IngestServiceImpl::CheckBatch(batch.events_size())) {
    return error;
  }
  const auto bytes = static_cast<int64_t>(batch.ByteSizeLong());
  if (auto error = service_.Reserve(share_, bytes)) return error;
  if (auto error = ledger_.Add(batch.sequence(), bytes, batch.events_size())) {
    return error;
  }
  held_ = reader_.Read(batch.events(), service_.NowNanos());
  held_.batch = trace_.AddTo(std::move(held_.batch));
  held_sequence_ = batch.sequence();
  service_.CountRefused(held_.errors);
  if (held_.batch == nullptr) {
    ledger_.Settle(held_sequence_, FailuresOf(held_.errors, BatchOutcome(0)));
  }
  return std::nullopt;
}

// Not under the lock: the batch may settle at once.
void PublishStream::OfferHeld() {
  EventBatchPtr batch;
  SettleCallback settle;
  {
    MutexLock lock(mutex_);
    if (finished_) return;
    if (held_.batch != nullptr && service_.draining()) {
      return GiveBackHeld(absl::UnavailableError("server is draining"));
    }
    batch = held_.batch;
    settle = [self = shared_from_this(), sequence = held_sequence_,
              errors = held_.errors](const BatchOutcome& outcome) {
      self->OnSettled(sequence, errors, outcome);
    };
  }
  const absl::Status offered =
      batch == nullptr
          ? absl::OkStatus()
          : outlet_.Offer(std::move(batch), lane_, std::move(settle));
  if (absl::IsResourceExhausted(offered)) {
    return outlet_.WhenReady(
        [self = shared_from_this()] { self->OfferHeld(); });
  }
  MutexLock lock(mutex_);
  if (finished_) return;
  if (!offered.ok()) return GiveBackHeld(offered);
  ReadNext();
}

void PublishStream::ReadNext() {
  DropMessage();
  StartRead(&request_);
}

// A message that is only cleared would keep its memory.
void PublishStream::DropMessage() {
  held_ = {};
  request_ = PublishStreamRequest();
  share_.Resize(IngestServiceImpl::BytesToTake(0));
}

void PublishStream::OnSettled(int64_t sequence,
                              const std::vector<DecodeError>& errors,
                              const BatchOutcome& outcome) {
  auto failures = FailuresOf(errors, outcome);
  MutexLock lock(mutex_);
  ledger_.Settle(sequence, std::move(failures));
  WriteOrFinish();
}

void PublishStream::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  if (ok) WriteOrFinish();
}

void PublishStream::WriteOrFinish() {
  if (writing_ || finished_) return;
  response_.Clear();
  if (std::exchange(greet_, false)) {
    auto* opened = response_.mutable_opened();
    opened->set_ack_level(
        static_cast<ingest::v1::AckLevel>(outlet_.ack_level()));
    opened->mutable_credit()->set_available_bytes(
        service_.options().stream_credit_bytes);
    opened->mutable_credit()->set_available_count(
        service_.options().stream_credit_events);
  } else if (auto acknowledgement = ledger_.TakeAcknowledgement()) {
    *response_.mutable_acknowledgement() = *std::move(acknowledgement);
  } else if (service_.draining() && !drain_told_) {
    drain_told_ = true;
    response_.mutable_drain()->mutable_grace_period()->set_seconds(
        kDrainGraceSeconds);
  } else {
    if ((half_closed_ || end_.has_value()) && ledger_.settled()) {
      FinishOnce(end_.value_or(grpc::Status::OK));
    }
    return;
  }
  writing_ = true;
  StartWrite(&response_);
}

// The batch that is held was not taken.
void PublishStream::GiveBackHeld(const absl::Status& offered) {
  ledger_.DropLast();
  EndWhenSettled(ErrorOfOffer(offered));
}

// Nothing more is read. What came before was taken, and without its
// acknowledgements the producer would send it again.
void PublishStream::EndWhenSettled(const PublishError& error) {
  DropMessage();
  end_ = service_.Refuse(error);
  WriteOrFinish();
}

void PublishStream::OnCancel() {
  MutexLock lock(mutex_);
  FinishOnce(grpc::Status::CANCELLED);
}

void PublishStream::FinishOnce(const grpc::Status& status) {
  if (std::exchange(finished_, true)) return;
  Finish(status);
}

// Whoever has the outcomes may hold the object for longer.
void PublishStream::OnDone() {
  share_.Resize(0);
  self_ = nullptr;
}

}  // namespace phoenix
