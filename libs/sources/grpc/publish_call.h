#ifndef LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
#define LIBS_SOURCES_GRPC_PUBLISH_CALL_H_

#include <chrono>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "libs/sources/byte_allowance.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace grpc {
class Alarm;
}  // namespace grpc

namespace phoenix {

// One unary call: finished once, by its outcomes, by its cancellation (which
// the client's deadline is, too) or when a time is over, whichever comes first.
// Thread-safe.
class PublishCall : public grpc::ServerUnaryReactor,
                    public std::enable_shared_from_this<PublishCall> {
 public:
  // Lives until OnDone, and as long as somebody holds it.
  // `allowance` outlives it until OnDone.
  static std::shared_ptr<PublishCall> Open(
      ByteAllowance& allowance, ingest::v1::PublishResponse& response);

  PublishCall(ByteAllowance& allowance, ingest::v1::PublishResponse& response);
  ~PublishCall() override;

  // What the call takes as long as its messages live. Only before it is handed
  // to gRPC.
  ByteAllowance::Share& share() { return share_; }

  // Ends the call; `fill`, if any, writes the response. Void when the call has
  // ended already, and with it the response.
  void End(const grpc::Status& status,
           const std::function<void(ingest::v1::PublishResponse&)>& fill = {});

  // Ends the call after `timeout` if it lives by then; `count` is called just
  // before that. Once.
  void EndAfter(std::chrono::milliseconds timeout, const grpc::Status& status,
                std::function<void()> count);

  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override;

 private:
  ByteAllowance::Share share_;
  ingest::v1::PublishResponse& response_;
  std::shared_ptr<PublishCall> self_;
  Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_PUBLISH_CALL_H_
