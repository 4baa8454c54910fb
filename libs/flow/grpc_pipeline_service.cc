#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "grpcpp/server_builder.h"
#include "grpcpp/support/server_callback.h"
#include "libs/base/mutex.h"
#include "libs/flow/frame_codec.h"
#include "libs/flow/grpc_bytes.h"
#include "libs/flow/grpc_transport.h"
#include "phoenix/flow/v1/pipeline_service.grpc.pb.h"

namespace phoenix::flow {
namespace {

constexpr int kKeepaliveMillis = 20'000;
constexpr int kKeepaliveTimeoutMillis = 10'000;

// Below what our own clients ping at.
constexpr int kMinClientPingMillis = 10'000;

// One call. Lives until gRPC is done with it.
class ServerCall
    : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public std::enable_shared_from_this<ServerCall> {
 public:
  explicit ServerCall(grpc::CallbackServerContext& context)
      : context_(context) {}

  void Start(Receiver& receiver);

  // What waits for a write to end is merged: a message costs more than what it
  // says of a batch.
  void Send(ReceiverFrame frame) {
    MutexLock lock(mutex_);
    if (finish_) return;
    if (queue_.empty() || !MergeReceiverFrames(queue_.back(), frame)) {
      queue_.push_back(std::move(frame));
    }
    WriteNext();
  }

  // Ends the call once the write that is under way is done. A peer that does
  // not read must not hold that up.
  void End(const absl::Status& status) {
    MutexLock lock(mutex_);
    if (finish_) return;
    finish_ = ToGrpcStatus(status);
    queue_.clear();
    if (writing_) {
      context_.TryCancel();
    } else {
      Finish(*finish_);
    }
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (finish_) {
      Finish(*finish_);
    } else if (ok) {
      WriteNext();
    }
  }

  void OnReadDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());
    auto frame = decoder_.Decode(ToSharedBytes(received_));
    if (!frame.ok()) return End(frame.status());
    if (frame->has_value()) listener_->OnFrame(**std::move(frame));
    StartRead(&received_);
  }

  void OnCancel() override { End(absl::CancelledError("cancelled")); }

  void OnDone() override {
    listener_->OnClosed(absl::OkStatus());
    listener_ = nullptr;
    self_ = nullptr;  // The last use of this object.
  }

 private:
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || queue_.empty()) return;
    writing_ = true;
    sent_ = ToByteBuffer(EncodeReceiverFrame(queue_.front()));
    queue_.pop_front();
    StartWrite(&sent_);
  }

  grpc::CallbackServerContext& context_;  // Lives until OnDone.
  std::shared_ptr<ReceiverListener> listener_;
  std::shared_ptr<ServerCall> self_;
  grpc::ByteBuffer received_;
  SenderFrameDecoder decoder_;

  Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> finish_ ABSL_GUARDED_BY(mutex_);
  std::deque<ReceiverFrame> queue_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer sent_ ABSL_GUARDED_BY(mutex_);
};

class ServerTransport : public ReceiverTransport {
 public:
  explicit ServerTransport(std::weak_ptr<ServerCall> call)
      : call_(std::move(call)) {}

  void Send(ReceiverFrame frame) override {
    if (auto call = call_.lock()) call->Send(std::move(frame));
  }
  void Close(absl::Status status) override {
    if (auto call = call_.lock()) call->End(status);
  }

 private:
  const std::weak_ptr<ServerCall> call_;
};

void ServerCall::Start(Receiver& receiver) {
  self_ = shared_from_this();
  listener_ =
      receiver.Accept(std::make_shared<ServerTransport>(weak_from_this()));
  StartRead(&received_);
}

using RawService = v1::PipelineService::WithRawCallbackMethod_Publish<
    v1::PipelineService::Service>;

class GrpcPipelineService : public RawService {
 public:
  explicit GrpcPipelineService(std::shared_ptr<Receiver> receiver)
      : receiver_(std::move(receiver)) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Publish(
      grpc::CallbackServerContext* context) override {
    auto call = std::make_shared<ServerCall>(*context);
    call->Start(*receiver_);
    return call.get();
  }

 private:
  const std::shared_ptr<Receiver> receiver_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewPipelineService(
    std::shared_ptr<Receiver> receiver) {
  return std::make_unique<GrpcPipelineService>(std::move(receiver));
}

void ConfigurePeerServer(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMillis);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinClientPingMillis);
}

}  // namespace phoenix::flow
