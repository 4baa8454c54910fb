#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/client_callback.h"
#include "libs/base/mutex.h"
#include "libs/flow/frame_codec.h"
#include "libs/flow/grpc_bytes.h"
#include "libs/flow/grpc_transport.h"

namespace phoenix::flow {
namespace {

constexpr char kPublish[] = "/phoenix.flow.v1.PipelineService/Publish";

// A dead peer is noticed after the two together.
constexpr int kKeepaliveMillis = 20'000;
constexpr int kKeepaliveTimeoutMillis = 10'000;

// The sender backs off by itself; the channel must not add to it.
constexpr int kMaxReconnectMillis = 1'000;

constexpr char kRoundRobin[] =
    R"({"loadBalancingConfig":[{"round_robin":{}}]})";

// One call. Lives until gRPC is done with it, whoever lets go of it before.
class ClientCall
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
      public std::enable_shared_from_this<ClientCall> {
 public:
  explicit ClientCall(std::shared_ptr<SenderListener> listener)
      : listener_(std::move(listener)) {}

  void Start(grpc::GenericStub& stub) {
    self_ = shared_from_this();
    stub.PrepareBidiStreamingCall(&context_, kPublish, {}, this);
    StartRead(&received_);
    StartCall();
  }

  void Send(const SenderFrame& frame) {
    // Outside of the lock, for which gRPC's own threads would wait.
    const std::vector<EncodedRequest> requests = EncodeSenderFrame(frame);
    MutexLock lock(mutex_);
    if (over_) return;
    for (const EncodedRequest& request : requests) {
      queue_.push_back(ToByteBuffer(request));
    }
    WriteNext();
  }

  void Cancel() { context_.TryCancel(); }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (ok && !over_) WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      MutexLock lock(mutex_);
      over_ = true;
      queue_.clear();
      return;
    }
    absl::StatusOr<ReceiverFrame> frame =
        DecodeReceiverFrame(ToSharedBytes(received_).view());
    if (frame.ok()) {
      listener_->OnFrame(*std::move(frame));
    } else {
      broken_ = frame.status();
      Cancel();
    }
    StartRead(&received_);
  }

  void OnDone(const grpc::Status& status) override {
    listener_->OnClosed(broken_.ok() ? FromGrpcStatus(status) : broken_);
    listener_ = nullptr;
    self_ = nullptr;  // The last use of this object.
  }

 private:
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || queue_.empty()) return;
    writing_ = true;
    sent_ = std::move(queue_.front());
    queue_.pop_front();
    StartWrite(&sent_);
  }

  grpc::ClientContext context_;
  std::shared_ptr<SenderListener> listener_;
  std::shared_ptr<ClientCall> self_;
  grpc::ByteBuffer received_;
  absl::Status broken_;  // Reading only.

  // A read is outstanding until `over_`, so that a write may start at any time
  // before: gRPC is not done with a call that reads.
  Mutex mutex_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<grpc::ByteBuffer> queue_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer sent_ ABSL_GUARDED_BY(mutex_);
};

class ClientTransport : public SenderTransport {
 public:
  explicit ClientTransport(std::shared_ptr<ClientCall> call)
      : call_(std::move(call)) {}
  ~ClientTransport() override { call_->Cancel(); }

  void Send(SenderFrame frame) override { call_->Send(frame); }
  void Close(absl::Status status) override { call_->Cancel(); }

 private:
  const std::shared_ptr<ClientCall> call_;
};

class GrpcConnector : public Connector {
 public:
  explicit GrpcConnector(std::shared_ptr<grpc::Channel> channel)
      : stub_(std::move(channel)) {}

  std::shared_ptr<SenderTransport> Connect(
      std::shared_ptr<SenderListener> listener) override {
    auto call = std::make_shared<ClientCall>(std::move(listener));
    call->Start(stub_);
    return std::make_shared<ClientTransport>(std::move(call));
  }

 private:
  grpc::GenericStub stub_;
};

}  // namespace

std::shared_ptr<grpc::Channel> NewPeerChannel(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMillis);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMillis);
  arguments.SetServiceConfigJSON(kRoundRobin);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::unique_ptr<Connector> NewGrpcConnector(
    std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcConnector>(std::move(channel));
}

}  // namespace phoenix::flow
