#include "libs/sources/grpc/grpc_source.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/error_details.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/sources/grpc/ingest_service.h"
#include "phoenix/ingest/v1/ingest_service.grpc.pb.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

void AddEvent(
    const std::string& id, const std::string& data,
    google::protobuf::RepeatedPtrField<io::cloudevents::v1::CloudEvent>*
        events) {
  auto* event = events->Add();
  event->set_id(id);
  event->set_source("/s");
  event->set_type("t");
  event->set_spec_version("1.0");
  event->set_text_data(data);
}

// A detail of the error; empty when it has none.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  Detail found;
  if (!rpc.ParseFromString(status.error_details())) return found;
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&found)) return found;
  }
  return {};
}

// The reason in the error's ErrorInfo.
std::string ReasonOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status).reason();
}

std::string ReasonIn(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  return status.details_size() > 0 && status.details(0).UnpackTo(&info)
             ? info.reason()
             : "";
}

constexpr char kTraceparent[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class GrpcSourceTest : public testing::Test {
 protected:
  explicit GrpcSourceTest(GrpcSourceOptions options = {})
      : source_(WithAddress(std::move(options)), clock_) {
    EXPECT_TRUE(source_.Start(outlet_).ok());
    stub_ = ingest::v1::IngestService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(source_.port()),
                            grpc::InsecureChannelCredentials()));
  }

  static GrpcSourceOptions WithAddress(GrpcSourceOptions options) {
    options.address = "127.0.0.1:0";
    options.door = "d";
    return options;
  }

  grpc::Status Publish() {
    grpc::ClientContext context;
    return stub_->Publish(&context, request_, &response_);
  }

  // Of an event of the batch that came last; empty when it has none.
  std::string TraceparentOf(uint32_t row) const {
    const EventBatchPtr batch = outlet_.batches().back();
    const ExtensionColumn* column = batch->FindExtension("traceparent");
    return column == nullptr ? "" : column->values.ToString(row);
  }

  FakeClock clock_;
  FakeOutlet outlet_;
  GrpcSource source_;
  std::unique_ptr<ingest::v1::IngestService::Stub> stub_;
  ingest::v1::PublishRequest request_;
  ingest::v1::PublishResponse response_;
};

TEST_F(GrpcSourceTest, AcknowledgesABatch) {
  AddEvent("1", "a", request_.mutable_events());
  AddEvent("2", "b", request_.mutable_events());
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(response_.ack_level(), ingest::v1::ACK_LEVEL_DELIVERED);
  EXPECT_THAT(response_.failures(), IsEmpty());
  EXPECT_THAT(outlet_.payloads(), ElementsAre("a", "b"));
}

TEST_F(GrpcSourceTest, HandlesTheCallsOfAConnectionInOrder) {
  AddEvent("1", "a", request_.mutable_events());
  ASSERT_TRUE(Publish().ok());
  ASSERT_TRUE(Publish().ok());
  // Channels to one address share their connection unless told otherwise.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = ingest::v1::IngestService::NewStub(
      grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(source_.port()),
                                grpc::InsecureChannelCredentials(), arguments));
  ASSERT_TRUE(Publish().ok());
  const auto events = outlet_.events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].lane, events[1].lane);
  EXPECT_NE(events[0].lane, events[2].lane);
}

TEST_F(GrpcSourceTest, NamesTheEventsThatFailed) {
  AddEvent("1", "a", request_.mutable_events());
  AddEvent("", "b", request_.mutable_events());
  AddEvent("3", "c", request_.mutable_events());
  ASSERT_TRUE(Publish().ok());
  ASSERT_EQ(response_.failures_size(), 1);
  EXPECT_EQ(response_.failures(0).event_index(), 1);
  EXPECT_EQ(response_.failures(0).status().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("a", "c"));
  EXPECT_EQ(outlet_.rejected_count(), 1u);
}

TEST_F(GrpcSourceTest, NamesTheEventsThatAreTooLarge) {
  AddEvent("1", std::string(1'100'000, 'x'), request_.mutable_events());
  AddEvent("", "b", request_.mutable_events());
  ASSERT_TRUE(Publish().ok());
  ASSERT_EQ(response_.failures_size(), 2);
  EXPECT_EQ(ReasonIn(response_.failures(0).status()), "EVENT_TOO_LARGE");
  EXPECT_EQ(ReasonIn(response_.failures(1).status()), "EVENT_INVALID");
  EXPECT_THAT(outlet_.rejected(),
              UnorderedElementsAre(Pair("EVENT_TOO_LARGE", 1),
                                   Pair("EVENT_INVALID", 1)));
}

TEST_F(GrpcSourceTest, GivesEventsTheTraceContextOfTheirCall) {
  AddEvent("1", "a", request_.mutable_events());
  AddEvent("2", "b", request_.mutable_events());
  (*request_.mutable_events(1)->mutable_attributes())["traceparent"]
      .set_ce_string("mine");
  grpc::ClientContext context;
  context.AddMetadata("traceparent", kTraceparent);
  ASSERT_TRUE(stub_->Publish(&context, request_, &response_).ok());
  EXPECT_EQ(TraceparentOf(0), kTraceparent);
  EXPECT_EQ(TraceparentOf(1), "mine");
}

TEST_F(GrpcSourceTest, RefusesAnEmptyBatchAndAnUnknownDoor) {
  EXPECT_EQ(ReasonOf(Publish()), "BATCH_EMPTY");
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("BATCH_EMPTY", 1)));
  request_.set_door("elsewhere");
  const grpc::Status status = Publish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "DOOR_NOT_FOUND");
}

TEST_F(GrpcSourceTest, AsksToComeBackWhenThePipelineIsFull) {
  outlet_.SetCredit(0);
  AddEvent("1", "a", request_.mutable_events());
  const grpc::Status status = Publish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
}

TEST_F(GrpcSourceTest, NamesWhoHoldsThePipelineUp) {
  absl::Status full = absl::ResourceExhaustedError("sink 'archive': full");
  SetErrorReason(full, {.reason = "QUEUE_FULL",
                        .metadata = {{"limitedBy", "sink 'archive'"}}});
  SetRetryDelay(full, absl::Milliseconds(1700));
  outlet_.Refuse(full);
  AddEvent("1", "a", request_.mutable_events());
  const grpc::Status status = Publish();
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  EXPECT_THAT(DetailOf<google::rpc::ErrorInfo>(status).metadata(),
              ElementsAre(Pair("component", "archive")));
  const auto delay = DetailOf<google::rpc::RetryInfo>(status).retry_delay();
  EXPECT_EQ(delay.seconds(), 1);
  EXPECT_EQ(delay.nanos(), 700'000'000);
}

TEST_F(GrpcSourceTest, EndsACallAtTheDeadlineOfItsClient) {
  outlet_.SetAutoSettle(false);
  AddEvent("1", "a", request_.mutable_events());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(300));
  EXPECT_EQ(stub_->Publish(&context, request_, &response_).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  EXPECT_EQ(outlet_.Settle(), 1u);
}

class AckTimeoutTest : public GrpcSourceTest {
 protected:
  AckTimeoutTest() : GrpcSourceTest(Impatient()) {}

  static GrpcSourceOptions Impatient() {
    GrpcSourceOptions options;
    options.ack_timeout = std::chrono::milliseconds(20);
    return options;
  }
};

TEST_F(AckTimeoutTest, SaysThatTheEventsMayStillBeDelivered) {
  outlet_.SetAutoSettle(false);
  AddEvent("1", "a", request_.mutable_events());
  AddEvent("2", "b", request_.mutable_events());
  const grpc::Status status = Publish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_THAT(status.error_message(), HasSubstr("may still be delivered"));
  EXPECT_EQ(ReasonOf(status), "ACK_TIMEOUT");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(),
            5);
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("ACK_TIMEOUT", 1)));
  // The events are the pipeline's as before.
  EXPECT_EQ(outlet_.Settle(), 1u);
}

TEST_F(AckTimeoutTest, CountsNothingWhenOutcomesComeInTime) {
  AddEvent("1", "a", request_.mutable_events());
  EXPECT_TRUE(Publish().ok());
  source_.Stop();
  EXPECT_THAT(outlet_.rejected(), IsEmpty());
}

TEST_F(GrpcSourceTest, RefusesCallsWhileItDrains) {
  source_.StopAccepting();
  AddEvent("1", "a", request_.mutable_events());
  const grpc::Status status = Publish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
}

TEST_F(GrpcSourceTest, AcknowledgesTheBatchesOfAStream) {
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  ingest::v1::PublishStreamResponse response;
  request.mutable_open()->set_door("d");
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_GT(response.opened().credit().available_count(), 0);
  request.mutable_batch()->set_sequence(1);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  AddEvent("", "b", request.mutable_batch()->mutable_events());
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.acknowledgement().acknowledged_sequence(), 1);
  ASSERT_EQ(response.acknowledgement().failed_batches_size(), 1);
  EXPECT_EQ(response.acknowledgement().failed_batches(0).sequence(), 1);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(GrpcSourceTest, EndsAStreamThatSkipsASequence) {
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  request.mutable_batch()->set_sequence(2);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  stream->Write(request);
  ingest::v1::PublishStreamResponse response;
  while (stream->Read(&response)) {
  }
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(ReasonOf(status), "SEQUENCE_GAP");
}

TEST_F(GrpcSourceTest, GivesTheEventsOfAStreamItsTraceContext) {
  grpc::ClientContext context;
  context.AddMetadata("traceparent", kTraceparent);
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  request.mutable_batch()->set_sequence(1);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  EXPECT_EQ(TraceparentOf(0), kTraceparent);
}

TEST_F(GrpcSourceTest, TellsWhatBecameOfABatchBeforeAnErrorEndsItsStream) {
  outlet_.SetAutoSettle(false);
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  request.mutable_batch()->set_sequence(1);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  AddEvent("", "b", request.mutable_batch()->mutable_events());
  ASSERT_TRUE(stream->Write(request));
  request.mutable_batch()->set_sequence(2);
  request.mutable_batch()->clear_events();
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(outlet_.WaitForRejected(2));
  // What follows is not read.
  AddEvent("3", "c", request.mutable_batch()->mutable_events());
  stream->Write(request);
  EXPECT_EQ(outlet_.Settle(), 1u);
  ingest::v1::PublishStreamResponse response;
  ingest::v1::PublishAcknowledgement last;
  while (stream->Read(&response)) {
    if (response.has_acknowledgement()) last = response.acknowledgement();
  }
  EXPECT_EQ(last.acknowledged_sequence(), 1);
  ASSERT_EQ(last.failed_batches_size(), 1);
  EXPECT_EQ(last.failed_batches(0).failures(0).event_index(), 1);
  EXPECT_EQ(ReasonOf(stream->Finish()), "BATCH_EMPTY");
  EXPECT_THAT(outlet_.payloads(), ElementsAre("a"));
}

TEST_F(GrpcSourceTest, AcknowledgesAllThatAStreamDeliveredBeforeItDrains) {
  outlet_.SetAutoSettle(false);
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  for (const int64_t sequence : {1, 2}) {
    request.mutable_batch()->set_sequence(sequence);
    ASSERT_TRUE(stream->Write(request));
  }
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  source_.StopAccepting();
  request.mutable_batch()->set_sequence(3);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(outlet_.WaitForRejected(1));
  EXPECT_EQ(outlet_.Settle(), 2u);
  ingest::v1::PublishStreamResponse response;
  int64_t acknowledged = 0;
  while (stream->Read(&response)) {
    if (response.has_acknowledgement()) {
      acknowledged = response.acknowledgement().acknowledged_sequence();
    }
  }
  EXPECT_EQ(acknowledged, 2);
  EXPECT_EQ(ReasonOf(stream->Finish()), "DRAINING");
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("DRAINING", 1)));
}

TEST_F(GrpcSourceTest, EndsOpenCallsWhenItStops) {
  outlet_.SetAutoSettle(false);
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  request.mutable_batch()->set_sequence(1);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_.Stop();
  ingest::v1::PublishStreamResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_FALSE(stream->Finish().ok());
  EXPECT_EQ(outlet_.Settle(Outcome::kRetry), 1u);
}

TEST(GrpcSourceDefaultsTest, TakeLessThan100MiB) {
  FakeClock clock;
  EXPECT_LT(GrpcSource({}, clock).max_memory_bytes(), 100u << 20);
}

// A door that has memory for one message of 64 KiB, or for four streams that
// hold nothing.
class FullGrpcDoorTest : public GrpcSourceTest {
 protected:
  static constexpr size_t kStreams = 4;

  using Stream = grpc::ClientReaderWriter<ingest::v1::PublishStreamRequest,
                                          ingest::v1::PublishStreamResponse>;

  FullGrpcDoorTest() : GrpcSourceTest(SmallDoor()) {
    AddEvent("1", "a", request_.mutable_events());
  }

  static GrpcSourceOptions SmallDoor() {
    GrpcSourceOptions options;
    options.max_message_bytes = 64 << 10;
    options.max_buffered_bytes = 0;
    return options;
  }

  void Fill() {
    ingest::v1::PublishStreamRequest open;
    open.mutable_open();
    ingest::v1::PublishStreamResponse opened;
    for (size_t i = 0; i < kStreams; ++i) {
      contexts_.push_back(std::make_unique<grpc::ClientContext>());
      streams_.push_back(stub_->PublishStream(contexts_.back().get()));
      ASSERT_TRUE(streams_.back()->Write(open));
      ASSERT_TRUE(streams_.back()->Read(&opened));
    }
  }

  void WaitUntilAllIsGivenBack() {
    while (source_.buffered_bytes() > 0) std::this_thread::yield();
  }

  std::vector<std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

TEST_F(FullGrpcDoorTest, RefusesCallsForWhichThereIsNoMemory) {
  Fill();
  const grpc::Status status = Publish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  EXPECT_THAT(status.error_message(), HasSubstr("max_buffered_bytes"));
  EXPECT_GT(
      DetailOf<google::rpc::RetryInfo>(status).retry_delay().ByteSizeLong(),
      0u);
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("QUEUE_FULL", 1)));
}

TEST_F(FullGrpcDoorTest, RefusesStreamsForWhichThereIsNoMemory) {
  Fill();
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ingest::v1::PublishStreamResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(ReasonOf(stream->Finish()), "QUEUE_FULL");
}

TEST_F(FullGrpcDoorTest, EndsAStreamWithAMessageForWhichThereIsNoMemory) {
  Fill();
  ingest::v1::PublishStreamRequest request;
  request.mutable_batch()->set_sequence(1);
  AddEvent("1", "a", request.mutable_batch()->mutable_events());
  ASSERT_TRUE(streams_[0]->Write(request));
  ingest::v1::PublishStreamResponse response;
  EXPECT_FALSE(streams_[0]->Read(&response));
  EXPECT_EQ(ReasonOf(streams_[0]->Finish()), "QUEUE_FULL");
  EXPECT_THAT(outlet_.payloads(), IsEmpty());
}

TEST_F(FullGrpcDoorTest, TakesCallsAgainWhenAStreamHasEnded) {
  Fill();
  const size_t full = source_.buffered_bytes();
  for (int i : {0, 1}) contexts_[i]->TryCancel();
  while (source_.buffered_bytes() >= full - IngestServiceImpl::kCallBytes) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(Publish().ok());
}

TEST_F(FullGrpcDoorTest, HasRoomForTheLargestMessageAndGivesItBack) {
  AddEvent("2", std::string(65'000, 'x'), request_.mutable_events());
  EXPECT_TRUE(Publish().ok());
  WaitUntilAllIsGivenBack();
}

TEST_F(FullGrpcDoorTest, GivesBackWhatCallsHadThatFailed) {
  request_.clear_events();
  EXPECT_FALSE(Publish().ok());
  WaitUntilAllIsGivenBack();
  AddEvent("1", "a", request_.mutable_events());
  outlet_.SetCredit(0);
  EXPECT_FALSE(Publish().ok());
  WaitUntilAllIsGivenBack();
}

TEST_F(FullGrpcDoorTest, GivesBackWhatTheMessageOfAStreamTook) {
  outlet_.SetAutoSettle(false);
  ingest::v1::PublishStreamRequest request;
  request.mutable_open();
  grpc::ClientContext context;
  auto stream = stub_->PublishStream(&context);
  ASSERT_TRUE(stream->Write(request));
  for (int sequence : {1, 2, 3}) {
    request.mutable_batch()->set_sequence(sequence);
    request.mutable_batch()->clear_events();
    AddEvent("1", std::string(50'000, 'x'),
             request.mutable_batch()->mutable_events());
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(outlet_.WaitForEvents(sequence));
  }
  while (source_.buffered_bytes() > IngestServiceImpl::kCallBytes) {
    std::this_thread::yield();
  }
  context.TryCancel();
  WaitUntilAllIsGivenBack();
  // Whoever has the outcomes comes later.
  EXPECT_EQ(outlet_.Settle(), 3u);
}

TEST_F(FullGrpcDoorTest, GivesBackWhatStreamsHadWhenItStops) {
  Fill();
  source_.Stop();
  EXPECT_EQ(source_.buffered_bytes(), 0u);
}

TEST_F(GrpcSourceTest, SaysThatThePortIsInUse) {
  GrpcSource second(
      {.address = "127.0.0.1:" + std::to_string(source_.port()), .door = "e"},
      clock_);
  EXPECT_EQ(second.Start(outlet_).code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace phoenix
