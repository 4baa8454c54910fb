// One hop over loopback gRPC beside a bare gRPC stream that carries equal
// bytes, alternately in one process: what the stream's rules cost.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "libs/base/buffer_memory.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/event/batch_codec.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/grpc_transport.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "libs/flow/test_batch.h"
#include "phoenix/flow/v1/pipeline_service.grpc.pb.h"

namespace phoenix::flow {
namespace {

constexpr uint32_t kEvents = 1000;
constexpr size_t kPayloadBytes = 199;
constexpr int kBatches = 4000;  // A round; about half a second.
constexpr int kRounds = 7;
constexpr int kWindow = 64;  // Batches on the way, in both.

// Counts down to zero, which one thread waits for.
class Countdown {
 public:
  explicit Countdown(int count) : count_(count) {}
  void Down(int by = 1) {
    MutexLock lock(mutex_);
    count_ -= by;
    if (count_ <= 0) zero_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mutex_);
    while (count_ > 0) zero_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar zero_;
  int count_ ABSL_GUARDED_BY(mutex_);
};

// --- The bare stream: reads, and writes back how many it has read ---

using ServerReactor =
    grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

class BareServerCall : public ServerReactor {
 public:
  BareServerCall() { StartRead(&received_); }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    {
      MutexLock lock(mutex_);
      ++unanswered_;
      Answer();
    }
    StartRead(&received_);
  }
  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (ok) Answer();
  }
  void OnDone() override { std::unique_ptr<BareServerCall>{this}; }

 private:
  void Answer() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || unanswered_ == 0) return;
    writing_ = true;
    const grpc::Slice slice(&unanswered_, sizeof(unanswered_));
    answer_ = grpc::ByteBuffer(&slice, 1);
    unanswered_ = 0;
    StartWrite(&answer_);
  }

  grpc::ByteBuffer received_, answer_;
  Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  int unanswered_ ABSL_GUARDED_BY(mutex_) = 0;
};

class BareService : public v1::PipelineService::WithRawCallbackMethod_Publish<
                        v1::PipelineService::Service> {
  ServerReactor* Publish(grpc::CallbackServerContext*) override {
    return std::make_unique<BareServerCall>().release();
  }
};

// Writes the same message over and over, within the window.
class BareClientCall
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  BareClientCall(grpc::GenericStub& stub, grpc::ByteBuffer message)
      : message_(std::move(message)) {
    stub.PrepareBidiStreamingCall(
        &context_, "/phoenix.flow.v1.PipelineService/Publish", {}, this);
    StartRead(&received_);
    MutexLock lock(mutex_);
    WriteNext();
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    writing_ = false;
    if (ok) WriteNext();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    grpc::Slice slice;
    if (!received_.DumpToSingleSlice(&slice).ok()) return;
    int answered = 0;
    std::memcpy(&answered, slice.begin(), sizeof(answered));
    {
      MutexLock lock(mutex_);
      on_the_way_ -= answered;
      WriteNext();
    }
    StartRead(&received_);
    answered_.Down(answered);
  }
  void OnDone(const grpc::Status&) override { done_.Down(); }

  void Wait() {
    answered_.Wait();
    context_.TryCancel();
    done_.Wait();
  }

 private:
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || left_ == 0 || on_the_way_ >= kWindow) return;
    writing_ = true;
    --left_;
    ++on_the_way_;
    StartWrite(&message_);
  }

  grpc::ClientContext context_;
  grpc::ByteBuffer message_, received_;
  Countdown answered_{kBatches}, done_{1};
  Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  int left_ ABSL_GUARDED_BY(mutex_) = kBatches;
  int on_the_way_ ABSL_GUARDED_BY(mutex_) = 0;
};

// --- The hop ---

class DeliverAll : public BatchHandler {
  void Handle(BatchView view, SettleCallback settle) override {
    settle(BatchOutcome(view.batch->size(), Outcome::kDelivered));
  }
};

// Keeps the window full: every settled batch offers the next.
class HopRun {
 public:
  HopRun(Sender& sender, BatchView view)
      : sender_(sender), view_(std::move(view)) {}

  void Go() {
    for (int i = 0; i < kWindow; ++i) OfferNext();
    settled_.Wait();
  }

 private:
  void OfferNext() {
    {
      MutexLock lock(mutex_);
      if (left_ == 0) return;
      --left_;
    }
    BatchView view = view_;
    const absl::Status status =
        sender_.Offer(std::move(view), [this](const BatchOutcome&) {
          OfferNext();
          settled_.Down();
        });
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      std::abort();
    }
  }

  Sender& sender_;
  const BatchView view_;
  Countdown settled_{kBatches};
  Mutex mutex_;
  int left_ ABSL_GUARDED_BY(mutex_) = kBatches;
};

// --- Measuring ---

struct Speed {
  double events_per_second;
  double cpu_micros_per_batch;  // Of both ends; hardly moved by other programs.
};

template <typename Work>
Speed Measure(const Work& work) {
  const std::clock_t cpu_begin = std::clock();
  const int64_t begin = Clock::System().MonotonicNanos();
  work();
  const int64_t nanos = Clock::System().MonotonicNanos() - begin;
  const auto cpu = static_cast<double>(std::clock() - cpu_begin);
  return {1e9 * kEvents * kBatches / static_cast<double>(nanos),
          1e6 * cpu / CLOCKS_PER_SEC / kBatches};
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Speed Median(const std::vector<Speed>& runs) {
  std::vector<double> events, cpu;
  for (const Speed& run : runs) {
    events.push_back(run.events_per_second);
    cpu.push_back(run.cpu_micros_per_batch);
  }
  return {Median(std::move(events)), Median(std::move(cpu))};
}

void Print(const char* what, const Speed& speed, const Speed& bare) {
  std::printf("%-22s%9.0f events/s, ratio %.2f; CPU %4.0f us a batch\n", what,
              speed.events_per_second,
              speed.events_per_second / bare.events_per_second,
              speed.cpu_micros_per_batch);
}

std::unique_ptr<grpc::Server> Serve(grpc::Service& service, int& port) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  ConfigurePeerServer(builder);
  return builder.BuildAndStart();
}

std::string Address(int port) { return "127.0.0.1:" + std::to_string(port); }

int Main() {
  BareService bare_service;
  int bare_port = 0;
  auto bare_server = Serve(bare_service, bare_port);
  grpc::GenericStub bare_stub(NewPeerChannel(Address(bare_port)));

  const Quota quota{.bytes = 1 << 30, .count = kWindow};
  Lane lane({.name = "timers"});
  DeliverAll handler;
  auto receiver =
      Receiver::Create({.credit = quota}, {handler, lane, "benchmark"});
  auto service = NewPipelineService(receiver);
  int port = 0;
  auto server = Serve(*service, port);
  auto connector = NewGrpcConnector(NewPeerChannel(Address(port)));
  auto sender = Sender::Create({.max_held = quota},
                               {*connector, lane, Clock::System(), 1});

  const BatchView built = MakeTestBatch(kEvents, kPayloadBytes);
  const SharedBytes encoded = EncodeEventBatch(*built.batch);
  const BatchView received{*DecodeEventBatch(encoded), built.rows};
  const grpc::Slice slice(encoded.data(), encoded.size());
  const grpc::ByteBuffer message(&slice, 1);

  std::vector<Speed> bare, passed_on, encoded_anew;
  for (int round = 0; round <= kRounds; ++round) {
    const Speed b = Measure([&] { BareClientCall(bare_stub, message).Wait(); });
    const Speed p = Measure([&] { HopRun(*sender, received).Go(); });
    const Speed e = Measure([&] { HopRun(*sender, built).Go(); });
    if (round == 0) continue;  // Warms up.
    bare.push_back(b);
    passed_on.push_back(p);
    encoded_anew.push_back(e);
  }
  std::printf(
      "%u events of %zu bytes a batch, %zu bytes encoded, median of %d\n",
      kEvents, kPayloadBytes, encoded.size(), kRounds);
  Print("bare gRPC stream", Median(bare), Median(bare));
  Print("hop, batch passed on", Median(passed_on), Median(bare));
  Print("hop, batch encoded", Median(encoded_anew), Median(bare));
  sender->Close(absl::CancelledError("the benchmark is over"));
  server->Shutdown();
  bare_server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace phoenix::flow

int main() {
  phoenix::KeepFreedBuffers();  // As the program does.
  return phoenix::flow::Main();
}
