#include "libs/flow/receiver.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/fake_transport.h"
#include "libs/flow/frame.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/test_batch.h"

namespace phoenix::flow {
namespace {

// Keeps every batch until the test settles it.
class HoldingHandler : public BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    payloads.push_back(std::string(view.batch->payload(0)));
    settles.push_back(std::move(settle));
  }

  std::vector<std::string> payloads;
  std::vector<SettleCallback> settles;
};

class ReceiverTest : public testing::Test {
 protected:
  using Server = FakeTransport<ReceiverFrame>;

  // A connection as its client sees it.
  struct Client {
    std::shared_ptr<Server> server;
    std::shared_ptr<ReceiverListener> listener;

    // Sends a batch whose payload is its sequence.
    void Send(int64_t sequence, int64_t settled = 0, int64_t bytes = 10) {
      listener->OnFrame(
          BatchFrame{.sequence = sequence,
                     .settled_sequence = settled,
                     .accounted_bytes = bytes,
                     .view = MakeTestBatch({std::to_string(sequence), "b"})});
    }
    std::vector<Acknowledgement> acknowledgements() const {
      return server->SentOf<Acknowledgement>();
    }
    StreamOpened opened() const { return server->SentOf<StreamOpened>().at(0); }
  };

  explicit ReceiverTest(ReceiverOptions options = DefaultOptions())
      : receiver_(Receiver::Create(std::move(options),
                                   {handler_, scheduler_, "first"})) {}

  static ReceiverOptions DefaultOptions() {
    return {.name = "stage",
            .credit = {.bytes = 100, .count = 3},
            .max_streams = 2,
            .drain_grace = absl::Seconds(10)};
  }

  Client Connect() {
    auto server = std::make_shared<Server>();
    return {server, receiver_->Accept(server)};
  }
  Client Open(const std::string& stream_id = "stream", int64_t resume = 1) {
    Client client = Connect();
    client.listener->OnFrame(
        OpenStream{.stream_id = stream_id, .resume_sequence = resume});
    return client;
  }
  void Deliver(size_t index, Outcome outcome = Outcome::kDelivered) {
    handler_.settles[index](BatchOutcome(2, outcome));
  }

  void Pass(absl::Duration duration) {
    bool over = false;
    scheduler_.RunAfter(duration, [&over] { over = true; });
    while (!over) scheduler_.Step();
  }

  static std::string ReasonOf(const Client& client) {
    EXPECT_TRUE(client.server->closed);
    const auto info = client.server->close_status.GetPayload(
        "type.googleapis.com/google.rpc.ErrorInfo");
    return info ? std::string(*info) : "";
  }
  static bool Says(const Client& client, const std::string& reason) {
    return ReasonOf(client).find(reason) != std::string::npos;
  }

  simulation::Scheduler scheduler_{1};
  HoldingHandler handler_;
  std::shared_ptr<Receiver> receiver_;
};

using Payloads = std::vector<std::string>;

TEST_F(ReceiverTest, OpensAStreamWithCreditAndItsInstance) {
  const StreamOpened opened = Open().opened();
  EXPECT_EQ(opened.received_sequence, 0);
  EXPECT_EQ(opened.credit.quota, (Quota{.bytes = 100, .count = 3}));
  EXPECT_EQ(opened.instance_id, "first");
}

TEST_F(ReceiverTest, HandsBatchesOnInOrderAndAnswersInAny) {
  Client client = Open();
  client.Send(1);
  client.Send(2);
  EXPECT_EQ(handler_.payloads, (Payloads{"1", "2"}));
  EXPECT_TRUE(client.acknowledgements().empty());
  Deliver(1);
  Deliver(0, Outcome::kRejected);
  const auto answers = client.acknowledgements();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].acknowledged_sequence, 0);
  EXPECT_EQ(answers[0].results[0].sequence, 2);
  EXPECT_EQ(answers[1].acknowledged_sequence, 2);
  EXPECT_EQ(answers[1].results[0].outcome->at(0), Outcome::kRejected);
}

TEST_F(ReceiverTest, DoesNotHandADuplicateOnAndAnswersItWithWhatItKnows) {
  Client client = Open();
  client.Send(1);
  client.Send(1);
  EXPECT_EQ(handler_.payloads, (Payloads{"1"}));
  EXPECT_TRUE(client.acknowledgements().empty()) << "nothing is known yet";
  Deliver(0);
  client.Send(1);
  EXPECT_EQ(handler_.payloads, (Payloads{"1"}));
  EXPECT_EQ(client.acknowledgements().size(), 2u);
  EXPECT_EQ(receiver_->stats().duplicate_batches, 2);
}

TEST_F(ReceiverTest, IgnoresABatchThatIsConfirmedAlready) {
  Client client = Open();
  client.Send(1);
  Deliver(0);
  client.Send(2, /*settled=*/1);
  client.Send(1);
  EXPECT_EQ(client.acknowledgements().size(), 1u);
}

TEST_F(ReceiverTest, RemembersAStreamOverItsConnections) {
  Client first = Open();
  first.Send(1);
  first.Send(2);
  first.Send(3);
  Deliver(0);
  first.listener->OnClosed(absl::UnavailableError("lost"));
  Deliver(1);
  Client second = Open("stream", /*resume=*/1);
  EXPECT_EQ(second.opened().received_sequence, 3);
  ASSERT_EQ(second.acknowledgements().size(), 1u);
  EXPECT_EQ(second.acknowledgements()[0].results.size(), 2u);
  Deliver(2);
  EXPECT_EQ(second.acknowledgements()[1].acknowledged_sequence, 3);
}

TEST_F(ReceiverTest, ForgetsWhatTheSenderConfirmsWhenItResumes) {
  Client first = Open();
  first.Send(1);
  Deliver(0);
  Client second = Open("stream", /*resume=*/2);
  EXPECT_EQ(second.opened().received_sequence, 1);
  EXPECT_TRUE(second.acknowledgements().empty());
}

TEST_F(ReceiverTest, StartsWhereTheSenderResumesWhenItKnowsNothing) {
  Client client = Open("stream", /*resume=*/7);
  EXPECT_EQ(client.opened().received_sequence, 6);
  client.Send(7, /*settled=*/6);
  EXPECT_EQ(handler_.payloads, (Payloads{"7"}));
}

TEST_F(ReceiverTest, ClosesTheOlderOfTwoConnectionsOfAStream) {
  Client first = Open();
  Client second = Open();
  EXPECT_TRUE(absl::IsAborted(first.server->close_status));
  EXPECT_TRUE(Says(first, "STREAM_SUPERSEDED"));
  first.Send(1);
  EXPECT_TRUE(handler_.payloads.empty()) << "a late frame of the old one";
  second.Send(1);
  EXPECT_EQ(handler_.payloads, (Payloads{"1"}));
}

TEST_F(ReceiverTest, RefusesAnOpeningThatCameLate) {
  Client client = Open();
  client.Send(1);
  Deliver(0);
  client.Send(2, /*settled=*/1);
  Client late = Open("stream", /*resume=*/1);
  EXPECT_TRUE(absl::IsAborted(late.server->close_status));
  EXPECT_FALSE(client.server->closed);
}

TEST_F(ReceiverTest, FinishesAtOnceAFrameThatOnlyKeepsItsNumber) {
  Client client = Open();
  client.listener->OnFrame(BatchFrame{.sequence = 1});
  EXPECT_TRUE(handler_.payloads.empty());
  EXPECT_EQ(client.acknowledgements()[0].acknowledged_sequence, 1);
  EXPECT_EQ(receiver_->stats().unanswered, Quota{});
}

TEST_F(ReceiverTest, RejectsABatchThatCannotBeReadAndStaysOpen) {
  Client client = Open();
  client.listener->OnFrame(
      BatchFrame{.sequence = 1,
                 .accounted_bytes = 10,
                 .unreadable = absl::InvalidArgumentError("no batch")});
  const auto answer = client.acknowledgements().at(0);
  EXPECT_EQ(answer.results[0].outcome->at(0), Outcome::kRejected);
  EXPECT_EQ(answer.results[0].outcome->details()[0].status.message(),
            "no batch");
  client.Send(2);
  EXPECT_EQ(handler_.payloads, (Payloads{"2"}));
}

TEST_F(ReceiverTest, AsksForARetryWhenTheHandlerDropsABatch) {
  Client client = Open();
  client.Send(1);
  handler_.settles.clear();
  EXPECT_EQ(client.acknowledgements()[0].results[0].outcome->at(0),
            Outcome::kRetry);
}

// --- Bounds ---

TEST_F(ReceiverTest, TakesAsManyBatchesAsCreditAllowsAndNotOneMore) {
  Client client = Open();
  for (int i = 1; i <= 3; ++i) client.Send(i, 0, 1);
  EXPECT_FALSE(client.server->closed);
  client.Send(4, 0, 1);
  EXPECT_TRUE(absl::IsResourceExhausted(client.server->close_status));
  EXPECT_TRUE(Says(client, "CREDIT_EXCEEDED"));
}

TEST_F(ReceiverTest, TakesAsManyBytesAsCreditAllowsAndNotOneMore) {
  Client client = Open();
  client.Send(1, 0, 50);
  client.Send(2, 0, 50);
  EXPECT_FALSE(client.server->closed);
  EXPECT_EQ(receiver_->stats().unanswered, (Quota{.bytes = 100, .count = 2}));
  client.Send(3, 0, 1);
  EXPECT_TRUE(Says(client, "CREDIT_EXCEEDED"));
}

TEST_F(ReceiverTest, TakesAnOversizedBatchWhenItHoldsNothing) {
  Client client = Open();
  client.Send(1, 0, 1000);
  EXPECT_FALSE(client.server->closed);
  client.Send(2, 0, 1);
  EXPECT_TRUE(Says(client, "CREDIT_EXCEEDED"));
}

TEST_F(ReceiverTest, TellsItsSendersWhenCreditChangesAndToleratesTheOldOne) {
  Client client = Open();
  receiver_->SetCredit({.quota = {}, .limited_by = "sink 'kafka'"});
  const auto told = client.acknowledgements().at(0).credit;
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->quota, Quota{});
  EXPECT_EQ(told->limited_by, "sink 'kafka'");
  client.Send(1);
  EXPECT_FALSE(client.server->closed) << "sent before the news arrived";
  EXPECT_EQ(Open("other").opened().credit.quota, Quota{});
}

class WideReceiverTest : public ReceiverTest {
 protected:
  WideReceiverTest()
      : ReceiverTest({.credit = {.bytes = 1 << 20, .count = 5000}}) {}
};

TEST_F(WideReceiverTest, RemembersAsManyBatchesAsTheWindowAndNotOneMore) {
  Client client = Open();
  for (int64_t i = 1; i <= kMaxWindow; ++i) client.Send(i);
  EXPECT_FALSE(client.server->closed);
  client.Send(kMaxWindow + 1);
  EXPECT_TRUE(absl::IsOutOfRange(client.server->close_status));
  EXPECT_TRUE(Says(client, "WINDOW_EXCEEDED"));
}

TEST_F(ReceiverTest, ForgetsTheStreamThatHasBeenSilentForLongest) {
  Open("a").listener->OnClosed(absl::OkStatus());
  Open("b").listener->OnClosed(absl::OkStatus());
  EXPECT_FALSE(Open("c").server->closed);
  EXPECT_EQ(receiver_->stats().streams, 2u);
}

TEST_F(ReceiverTest, RefusesAStreamWhenAllItRemembersAreInUse) {
  Client a = Open("a");
  Client b = Open("b");
  b.Send(1);
  b.listener->OnClosed(absl::OkStatus());
  Client c = Open("c");
  EXPECT_TRUE(absl::IsResourceExhausted(c.server->close_status));
  EXPECT_TRUE(Says(c, "TOO_MANY_STREAMS"));
  Deliver(0);
  EXPECT_FALSE(Open("c").server->closed) << "b has nothing unanswered now";
}

// --- What a broken sender says ---

TEST_F(ReceiverTest, DemandsOpenStreamFirstAndOnce) {
  Client silent = Connect();
  silent.Send(1);
  EXPECT_TRUE(absl::IsFailedPrecondition(silent.server->close_status));
  EXPECT_TRUE(Says(silent, "STREAM_NOT_OPEN"));
  Client twice = Open();
  twice.listener->OnFrame(
      OpenStream{.stream_id = "stream", .resume_sequence = 1});
  EXPECT_TRUE(Says(twice, "STREAM_ALREADY_OPEN"));
}

TEST_F(ReceiverTest, DemandsAStreamIdAndAPositiveSequence) {
  EXPECT_TRUE(Says(Open(""), "FRAME_INVALID"));
  EXPECT_TRUE(Says(Open("stream", 0), "FRAME_INVALID"));
}

TEST_F(ReceiverTest, EndsAStreamThatLeavesASequenceOut) {
  Client client = Open();
  client.Send(2);
  EXPECT_TRUE(absl::IsOutOfRange(client.server->close_status));
  EXPECT_TRUE(Says(client, "SEQUENCE_GAP"));
  EXPECT_TRUE(handler_.payloads.empty());
}

TEST_F(ReceiverTest, RefusesNumbersThatCannotBe) {
  for (auto [sequence, settled, bytes] :
       {std::tuple(0, 0, 1), {-1, 0, 1}, {1, -1, 1}, {1, 0, -1}, {1, 1, 1}}) {
    Client client = Open();
    client.Send(sequence, settled, bytes);
    EXPECT_TRUE(Says(client, "FRAME_INVALID")) << sequence << settled << bytes;
  }
  EXPECT_TRUE(handler_.payloads.empty());
}

// --- Draining ---

TEST_F(ReceiverTest, DrainsItsConnectionsAndRefusesNewOnes) {
  Client client = Open();
  bool drained = false;
  receiver_->Drain([&] { drained = true; });
  EXPECT_EQ(client.server->SentOf<Drain>().at(0).grace_period,
            absl::Seconds(10));
  EXPECT_TRUE(absl::IsUnavailable(Open("new").server->close_status));
  EXPECT_FALSE(drained);
}

TEST_F(ReceiverTest, ClosesADrainedConnectionWhenItsGraceIsOver) {
  Client client = Open();
  bool drained = false;
  receiver_->Drain([&] { drained = true; });
  Pass(absl::Seconds(10));
  EXPECT_TRUE(absl::IsUnavailable(client.server->close_status));
  EXPECT_TRUE(Says(client, "DRAINING"));
  client.listener->OnClosed(absl::OkStatus());
  EXPECT_TRUE(drained);
}

class AgeingReceiverTest : public ReceiverTest {
 protected:
  AgeingReceiverTest()
      : ReceiverTest({.max_connection_age = absl::Minutes(30),
                      .drain_grace = absl::Seconds(10)}) {}
};

TEST_F(AgeingReceiverTest, DrainsAConnectionThatHasGrownOld) {
  Client client = Open();
  Pass(absl::Minutes(30) - absl::Nanoseconds(1));
  EXPECT_TRUE(client.server->SentOf<Drain>().empty());
  Pass(absl::Nanoseconds(1));
  EXPECT_EQ(client.server->SentOf<Drain>().size(), 1u);
}

TEST_F(ReceiverTest, ClosesItsConnectionsWhenItGoes) {
  Client client = Open();
  client.Send(1);
  receiver_ = nullptr;
  EXPECT_TRUE(absl::IsUnavailable(client.server->close_status));
  Deliver(0);
}

}  // namespace
}  // namespace phoenix::flow
