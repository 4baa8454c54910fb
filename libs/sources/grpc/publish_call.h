#ifndef LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
#define LIBS_SOURCES_GRPC_PUBLISH_CALL_H_

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace phoenix {

// One unary call: finished once, by its outcomes or by its cancellation,
// whichever comes first. Thread-safe.
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
    if (fill) fill(response_);
    Finish(status);
  }

  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override { self_ = nullptr; }

 private:
  ingest::v1::PublishResponse& response_;
  std::shared_ptr<PublishCall> self_;
  Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
