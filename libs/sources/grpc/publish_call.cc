#include "libs/sources/grpc/publish_call.h"

#include <grpc/support/time.h>
#include <grpcpp/alarm.h>

#include <utility>

namespace phoenix {

std::shared_ptr<PublishCall> PublishCall::Open(
    ByteAllowance& allowance, ingest::v1::PublishResponse& response) {
  auto call = std::make_shared<PublishCall>(allowance, response);
  call->self_ = call;
  return call;
}

PublishCall::PublishCall(ByteAllowance& allowance,
                         ingest::v1::PublishResponse& response)
    : share_(allowance), response_(response) {}

PublishCall::~PublishCall() = default;

void PublishCall::End(
    const grpc::Status& status,
    const std::function<void(ingest::v1::PublishResponse&)>& fill) {
  MutexLock lock(mutex_);
  if (ended_) return;
  ended_ = true;
  if (alarm_ != nullptr) alarm_->Cancel();
  if (fill) fill(response_);
  Finish(status);
}

void PublishCall::EndAfter(std::chrono::milliseconds timeout,
                           const grpc::Status& status,
                           std::function<void()> count) {
  const gpr_timespec deadline =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_millis(timeout.count(), GPR_TIMESPAN));
  MutexLock lock(mutex_);
  if (ended_) return;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(deadline, [weak = weak_from_this(), status,
                         count = std::move(count)](bool is_over) {
    const auto self = weak.lock();
    if (!is_over || self == nullptr) return;
    self->End(status, [&](ingest::v1::PublishResponse&) { count(); });
  });
}

// Whoever has the outcomes may hold the object for longer.
void PublishCall::OnDone() {
  share_.Resize(0);
  self_ = nullptr;
}

}  // namespace phoenix
