#include "libs/flow/grpc_transport.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "libs/flow/test_batch.h"
#include "phoenix/flow/v1/pipeline_service.grpc.pb.h"

namespace phoenix::flow {
namespace {

// Notes the first payload of each batch, and delivers unless it holds.
class TestHandler : public BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    MutexLock lock(mutex_);
    payloads_.push_back(std::string(view.batch->payload(view.rows[0])));
    rows_.push_back(view.rows);
    changed_.NotifyAll();
    if (holding_) {
      held_.push_back(std::move(settle));
      return;
    }
    BatchOutcome outcome(view.batch->size());
    outcome.Merge(view.rows, Outcome::kDelivered);
    lane_
        .Run([outcome, settle = std::move(settle)]() mutable {
          settle(outcome);
        })
        .IgnoreError();
  }

  void Hold(bool holding) {
    MutexLock lock(mutex_);
    holding_ = holding;
  }
  void Await(size_t count) {
    MutexLock lock(mutex_);
    while (payloads_.size() < count) changed_.Wait(mutex_);
  }
  std::vector<std::string> payloads() {
    MutexLock lock(mutex_);
    return payloads_;
  }
  std::vector<Selection> rows() {
    MutexLock lock(mutex_);
    return rows_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> payloads_ ABSL_GUARDED_BY(mutex_);
  std::vector<Selection> rows_ ABSL_GUARDED_BY(mutex_);
  std::vector<SettleCallback> held_ ABSL_GUARDED_BY(mutex_);
  Lane lane_{{.name = "handler"}};
};

// A server that can die and come back on the same port, without its memory.
class TestServer {
 public:
  explicit TestServer(Executor& executor) : executor_(executor) { Start(); }
  ~TestServer() { Kill(); }

  void Start() {
    handler = std::make_unique<TestHandler>();
    receiver = Receiver::Create(
        {.name = "server", .drain_grace = absl::Milliseconds(50)},
        {*handler, executor_, std::to_string(++lives_)});
    service_ = NewPipelineService(receiver);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port_),
                             grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(service_.get());
    ConfigurePeerServer(builder);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void Kill() {
    if (server_ == nullptr) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_ = nullptr;
    service_ = nullptr;
    receiver = nullptr;
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  std::unique_ptr<TestHandler> handler;
  std::shared_ptr<Receiver> receiver;

 private:
  Executor& executor_;
  int port_ = 0;
  int lives_ = 0;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

class GrpcTransportTest : public testing::Test {
 protected:
  ~GrpcTransportTest() override {
    sender_->Close(absl::CancelledError("the test is over"));
    server_.Kill();
  }

  void Offer(BatchView view) {
    ASSERT_TRUE(sender_
                    ->Offer(std::move(view),
                            [this](const BatchOutcome& outcome) {
                              MutexLock lock(mutex_);
                              outcomes_.push_back(outcome);
                            })
                    .ok());
  }

  void Drain() {
    bool done = false;
    sender_->Drain([&] {
      MutexLock lock(mutex_);
      done = true;
      changed_.NotifyAll();
    });
    MutexLock lock(mutex_);
    while (!done) changed_.Wait(mutex_);
  }

  std::vector<BatchOutcome> outcomes() {
    MutexLock lock(mutex_);
    return outcomes_;
  }

  Lane lane_{{.name = "timers"}};
  TestServer server_{lane_};
  std::unique_ptr<Connector> connector_ =
      NewGrpcConnector(NewPeerChannel(server_.address()));
  std::shared_ptr<Sender> sender_ =
      Sender::Create({.receiver = "server",
                      .max_held = {.bytes = 1 << 30, .count = 1000},
                      .reconnect = {.initial = absl::Milliseconds(1),
                                    .max = absl::Milliseconds(20)}},
                     {*connector_, lane_, Clock::System(), 1});
  Mutex mutex_;
  CondVar changed_;
  std::vector<BatchOutcome> outcomes_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(GrpcTransportTest, CarriesBatchesInOrderAndTheirOutcomesBack) {
  std::vector<std::string> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(i));
    Offer(MakeTestBatch({sent.back(), "x"}));
  }
  Drain();
  EXPECT_EQ(server_.handler->payloads(), sent);
  ASSERT_EQ(outcomes().size(), 100u);
  EXPECT_EQ(outcomes()[0].Count(Outcome::kDelivered), 2u);
}

TEST_F(GrpcTransportTest, CarriesASelectionOfRows) {
  BatchView view = MakeTestBatch({"a", "b", "c", "d"});
  view.rows = {1, 3};
  Offer(std::move(view));
  Drain();
  EXPECT_EQ(server_.handler->payloads(), std::vector<std::string>{"b"});
  EXPECT_EQ(server_.handler->rows()[0], (Selection{1, 3}));
  EXPECT_EQ(outcomes()[0].at(3), Outcome::kDelivered);
}

TEST_F(GrpcTransportTest, SplitsABatchThatIsLargerThanAMessageMayBe) {
  const std::string large(9 << 20, 'x');
  Offer(MakeTestBatch({large}));
  Offer(MakeTestBatch({"small"}));
  Drain();
  EXPECT_EQ(server_.handler->payloads(),
            (std::vector<std::string>{large, "small"}));
}

TEST_F(GrpcTransportTest, SendsAgainWhatAServerLostThatDiedAndCameBack) {
  server_.handler->Hold(true);
  for (int i = 0; i < 5; ++i) Offer(MakeTestBatch({std::to_string(i)}));
  server_.handler->Await(5);
  server_.Kill();
  Offer(MakeTestBatch({"5"}));
  server_.Start();
  Drain();
  EXPECT_EQ(server_.handler->payloads(),
            (std::vector<std::string>{"0", "1", "2", "3", "4", "5"}));
  EXPECT_EQ(outcomes().size(), 6u);
  EXPECT_EQ(sender_->stats().receiver_restarts, 1);
}

TEST_F(GrpcTransportTest, ComesBackAfterTheServerHasDrainedItsConnections) {
  Offer(MakeTestBatch({"before"}));
  server_.handler->Await(1);
  bool drained = false;
  server_.receiver->Drain([&] {
    MutexLock lock(mutex_);
    drained = true;
    changed_.NotifyAll();
  });
  {
    MutexLock lock(mutex_);
    while (!drained) changed_.Wait(mutex_);
  }
  server_.Kill();
  server_.Start();
  Offer(MakeTestBatch({"after"}));
  Drain();
  EXPECT_EQ(server_.handler->payloads(), std::vector<std::string>{"after"});
  EXPECT_EQ(outcomes().size(), 2u);
}

// Any client may speak to the server, in any layout that protobuf permits.
class RawClientTest : public GrpcTransportTest {
 protected:
  using Call = std::unique_ptr<
      grpc::ClientReaderWriter<v1::PublishRequest, v1::PublishResponse>>;
  Call Open() {
    v1::PublishRequest open;
    open.mutable_open()->set_stream_id("raw");
    open.mutable_open()->set_resume_sequence(1);
    Call call = stub_->Publish(&context_);
    call->Write(open);
    v1::PublishResponse response;
    EXPECT_TRUE(call->Read(&response));
    EXPECT_TRUE(response.has_opened());
    return call;
  }

  grpc::ClientContext context_;
  std::unique_ptr<v1::PipelineService::Stub> stub_ =
      v1::PipelineService::NewStub(NewPeerChannel(server_.address()));
};

TEST_F(RawClientTest, IsToldWhyItsCallHasEnded) {
  Call call = Open();
  call->Write(v1::PublishRequest());
  v1::PublishResponse response;
  EXPECT_FALSE(call->Read(&response));
  const grpc::Status status = call->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_details().find("FRAME_UNKNOWN"), std::string::npos);
}

TEST_F(RawClientTest, HearsThatABatchWhichNobodyCanReadIsRejected) {
  Call call = Open();
  v1::PublishRequest request;
  request.mutable_batch()->set_sequence(1);
  request.mutable_batch()->set_events("no batch");
  call->Write(request);
  v1::PublishResponse response;
  ASSERT_TRUE(call->Read(&response));
  ASSERT_EQ(response.acknowledgement().results_size(), 1);
  const v1::BatchResult& result = response.acknowledgement().results(0);
  EXPECT_EQ(result.outcomes(),
            std::string(1, char{v1::EVENT_OUTCOME_REJECTED}));
  EXPECT_EQ(result.reasons(0).status().code(), 3);
  call->WritesDone();
}

}  // namespace
}  // namespace phoenix::flow
