#ifndef LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
#define LIBS_SOURCES_GRPC_PUBLISH_CALL_H_

#include <grpc/support/time.h>
#include <grpcpp/alarm.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace phoenix {

// One unary call: finished once, by its outcomes, by its cancellation (which
// the client's deadline is, too) or when a time is over, whichever comes first.
// Thread-safe.
class PublishCall : public grpc::ServerUnaryReactor,
                    public std::enable_shared_from_this<PublishCall> {
 public:
  // Lives until OnDone, and as long as somebody holds it.
  static std::shared_ptr<PublishCall> Open(
      ingest::v1::PublishResponse& response) {
    auto call = std::make_shared<PublishCall>(response);
    call->self_ = call;
    return call;
  }

  explicit PublishCall(ingest::v1::PublishResponse& response)
      : response_(response) {}

  // Ends the call; `fill`, if any, writes the response. Void when the call has
  // ended already, and with it the response.
  void End(const grpc::Status& status,
           const std::function<void(ingest::v1::PublishResponse&)>& fill = {}) {
    MutexLock lock(mutex_);
    if (ended_) return;
    ended_ = true;
    alarm_.Cancel();
    if (fill) fill(response_);
    Finish(status);
  }

  // Ends the call after `timeout` if it lives by then; `count` is called just
  // before that. Once.
  void EndAfter(std::chrono::milliseconds timeout, const grpc::Status& status,
                std::function<void()> count) {
    const gpr_timespec deadline =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_millis(timeout.count(), GPR_TIMESPAN));
    MutexLock lock(mutex_);
    if (ended_) return;
    alarm_.Set(deadline, [weak = weak_from_this(), status,
                          count = std::move(count)](bool is_over) {
      const auto self = weak.lock();
      if (!is_over || self == nullptr) return;
      self->End(status, [&](ingest::v1::PublishResponse&) { count(); });
    });
  }

  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override { self_ = nullptr; }

 private:
  ingest::v1::PublishResponse& response_;
  std::shared_ptr<PublishCall> self_;
  grpc::Alarm alarm_;
  Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
