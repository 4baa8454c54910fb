#include "libs/flow/sender.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/back_pressure.h"
#include "libs/flow/fake_transport.h"
#include "libs/flow/frame.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/test_batch.h"

namespace phoenix::flow {
namespace {

constexpr Quota kPlenty = {.bytes = 1 << 20, .count = 100};

std::shared_ptr<const BatchOutcome> All(Outcome outcome) {
  return std::make_shared<BatchOutcome>(1, outcome);
}

class SenderTest : public testing::Test {
 protected:
  explicit SenderTest(Quota max_held = kPlenty)
      : sender_(
            Sender::Create({.sender = "door",
                            .receiver = "sink 'archive'",
                            .pipeline = "telemetry",
                            .stream_id = "stream",
                            .max_held = max_held,
                            .reconnect = {.initial = absl::Milliseconds(100),
                                          .jitter_ratio = 0},
                            .open_timeout = absl::Seconds(1)},
                           {connector_, scheduler_, scheduler_, 1})) {}

  // Offers a batch of two rows; its outcome goes to `settled_`.
  absl::Status Offer() {
    const size_t index = offers_++;
    settled_.resize(offers_);
    return sender_->Offer(MakeTestBatch(2),
                          [this, index](const BatchOutcome& outcome) {
                            EXPECT_FALSE(settled_[index].has_value());
                            settled_[index] = outcome;
                          });
  }
  void OfferMany(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(Offer().ok());
  }

  // What the receiver does, on the present connection.
  void Open(int64_t received = 0, Quota quota = kPlenty,
            std::string instance_id = "first") {
    Say(StreamOpened{received, {.quota = quota}, std::move(instance_id)});
  }
  void Answer(int64_t sequence, Outcome outcome = Outcome::kDelivered,
              int64_t acknowledged = 0) {
    Say(Acknowledgement{acknowledged, {{sequence, All(outcome)}}, {}});
  }
  void Say(ReceiverFrame frame) {
    connector_.last().listener->OnFrame(std::move(frame));
  }
  void LoseConnection() {
    connector_.last().listener->OnClosed(absl::UnavailableError("lost"));
  }

  // Lets time pass.
  void Pass(absl::Duration duration) {
    bool over = false;
    scheduler_.RunAfter(duration, [&over] { over = true; });
    while (!over) scheduler_.Step();
  }

  // The sequences sent over the present connection.
  std::vector<int64_t> Sent() {
    std::vector<int64_t> sequences;
    for (const BatchFrame& frame :
         connector_.last().transport->SentOf<BatchFrame>()) {
      sequences.push_back(frame.sequence);
    }
    return sequences;
  }
  OpenStream SentOpen() {
    return connector_.last().transport->SentOf<OpenStream>().at(0);
  }
  bool IsSettled(size_t offer) const { return settled_[offer].has_value(); }

  simulation::Scheduler scheduler_{1};
  FakeConnector connector_;
  std::vector<std::optional<BatchOutcome>> settled_;
  size_t offers_ = 0;
  std::shared_ptr<Sender> sender_;
};

using Sequences = std::vector<int64_t>;

TEST_F(SenderTest, OpensItsStreamFirstAndSendsNoBatchBeforeTheAnswer) {
  OfferMany(1);
  EXPECT_EQ(SentOpen().stream_id, "stream");
  EXPECT_EQ(SentOpen().sender, "door");
  EXPECT_EQ(SentOpen().pipeline, "telemetry");
  EXPECT_EQ(SentOpen().resume_sequence, 1);
  EXPECT_EQ(Sent(), Sequences());
  Open();
  EXPECT_EQ(Sent(), Sequences{1});
}

TEST_F(SenderTest, NumbersBatchesFromOneAndSettlesEachByItsOwnOutcome) {
  Open();
  OfferMany(3);
  EXPECT_EQ(Sent(), (Sequences{1, 2, 3}));
  Answer(2, Outcome::kRejected);
  EXPECT_FALSE(IsSettled(0));
  ASSERT_TRUE(IsSettled(1));
  EXPECT_EQ(settled_[1]->size(), 2u) << "one outcome stands for all rows";
  EXPECT_EQ(settled_[1]->at(1), Outcome::kRejected);
}

TEST_F(SenderTest, SettlesOnceWhenAnOutcomeIsRepeated) {
  Open();
  OfferMany(2);
  Answer(2);
  Answer(2, Outcome::kRejected);
  Answer(1);
  Answer(1, Outcome::kRejected);
  EXPECT_EQ(settled_[0]->at(0), Outcome::kDelivered);
  EXPECT_EQ(settled_[1]->at(0), Outcome::kDelivered);
}

TEST_F(SenderTest, ConfirmsWhatIsSettledWithTheNextBatch) {
  Open();
  OfferMany(3);
  Answer(1);
  Answer(3);
  OfferMany(1);
  const auto frames = connector_.last().transport->SentOf<BatchFrame>();
  EXPECT_EQ(frames.back().settled_sequence, 1) << "2 is not settled";
}

TEST_F(SenderTest, SendsWithinCreditAndGoesOnAsItReturns) {
  Open(0, {.bytes = 1 << 20, .count = 2});
  OfferMany(4);
  EXPECT_EQ(Sent(), (Sequences{1, 2}));
  Answer(2);
  EXPECT_EQ(Sent(), (Sequences{1, 2, 3}));
}

TEST_F(SenderTest, CountsBytesAgainstCreditToTheLastOne) {
  const auto size = static_cast<int64_t>(MakeTestBatch(2).memory_bytes());
  Open(0, {.bytes = 2 * size, .count = 100});
  OfferMany(3);
  EXPECT_EQ(Sent(), (Sequences{1, 2}));
  Say(Acknowledgement{
      0, {}, Credit{.quota = {.bytes = 3 * size, .count = 100}}});
  EXPECT_EQ(Sent(), (Sequences{1, 2, 3}));
}

TEST_F(SenderTest, SendsABatchLargerThanAllCreditWhenNothingIsOnTheWay) {
  Open(0, {.bytes = 1, .count = 1});
  OfferMany(2);
  EXPECT_EQ(Sent(), (Sequences{1}));
  Answer(1);
  EXPECT_EQ(Sent(), (Sequences{1, 2}));
}

TEST_F(SenderTest, StopsAtZeroCredit) {
  Open(0, {.bytes = 0, .count = 0});
  OfferMany(1);
  EXPECT_EQ(Sent(), Sequences());
  Say(Acknowledgement{0, {}, Credit{.quota = kPlenty}});
  EXPECT_EQ(Sent(), Sequences{1});
}

TEST_F(SenderTest, ResumesAfterWhatTheReceiverStillHas) {
  Open();
  OfferMany(4);
  Answer(1);
  LoseConnection();
  Pass(absl::Milliseconds(100));
  EXPECT_EQ(SentOpen().resume_sequence, 2);
  Open(3);
  EXPECT_EQ(Sent(), Sequences{4});
  Answer(2);
  Answer(3);
  EXPECT_TRUE(IsSettled(2)) << "it came before the connection was lost";
}

TEST_F(SenderTest, SendsAllAgainToAReceiverThatHasForgotten) {
  Open();
  OfferMany(3);
  LoseConnection();
  Pass(absl::Milliseconds(100));
  Open(0, kPlenty, "second");
  EXPECT_EQ(Sent(), (Sequences{1, 2, 3}));
  EXPECT_EQ(sender_->stats().receiver_restarts, 1);
  EXPECT_EQ(sender_->stats().resent_batches, 3);
}

TEST_F(SenderTest, KeepsOnlyTheNumberOfABatchThatWasAnsweredMeanwhile) {
  Open();
  OfferMany(3);
  Answer(2);
  LoseConnection();
  Pass(absl::Milliseconds(100));
  Open(0, kPlenty, "second");
  const auto frames = connector_.last().transport->SentOf<BatchFrame>();
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_NE(frames[0].view.batch, nullptr);
  EXPECT_EQ(frames[1].view.batch, nullptr);
  EXPECT_EQ(frames[1].accounted_bytes, 0);
  EXPECT_NE(frames[2].view.batch, nullptr);
}

TEST_F(SenderTest, CountsWhatTheReceiverStillHasAgainstTheNewCredit) {
  Open();
  OfferMany(3);
  LoseConnection();
  Pass(absl::Milliseconds(100));
  Open(2, {.bytes = 1 << 20, .count = 2});
  EXPECT_EQ(Sent(), Sequences());
  EXPECT_EQ(sender_->stats().on_the_way.count, 2);
  Answer(1);
  EXPECT_EQ(Sent(), Sequences{3});
}

TEST_F(SenderTest, WaitsLongerAfterEveryFailureToConnect) {
  LoseConnection();
  Pass(absl::Milliseconds(99));
  EXPECT_EQ(connector_.connections.size(), 1u);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(connector_.connections.size(), 2u);
  LoseConnection();
  Pass(absl::Milliseconds(199));
  EXPECT_EQ(connector_.connections.size(), 2u);
  Pass(absl::Milliseconds(1));
  EXPECT_EQ(connector_.connections.size(), 3u);
}

TEST_F(SenderTest, GivesAConnectionUpThatNobodyAnswers) {
  Pass(absl::Milliseconds(1000));
  EXPECT_TRUE(connector_.connections[0].transport->closed);
  Pass(absl::Milliseconds(100));
  EXPECT_EQ(connector_.connections.size(), 2u);
}

TEST_F(SenderTest, IgnoresWhatAnOldConnectionStillSays) {
  OfferMany(1);
  auto old = connector_.last().listener;
  LoseConnection();
  Pass(absl::Milliseconds(100));
  old->OnFrame(StreamOpened{0, {.quota = kPlenty}, "first"});
  EXPECT_EQ(Sent(), Sequences());
  Open();
  old->OnClosed(absl::UnavailableError("late"));
  EXPECT_EQ(Sent(), Sequences{1});
  EXPECT_FALSE(connector_.last().transport->closed);
}

TEST_F(SenderTest, FinishesAndReopensWhenTheReceiverDrains) {
  Open();
  OfferMany(1);
  Say(Drain{absl::Seconds(10)});
  OfferMany(1);
  EXPECT_EQ(Sent(), Sequences{1}) << "nothing is sent after the drain";
  EXPECT_EQ(connector_.connections.size(), 1u);
  Answer(1);
  EXPECT_TRUE(connector_.connections[0].transport->closed);
  ASSERT_EQ(connector_.connections.size(), 2u);
  EXPECT_EQ(SentOpen().resume_sequence, 2);
  Open(1);
  EXPECT_EQ(Sent(), Sequences{2});
}

TEST_F(SenderTest, StopsAtTheWindowUntilTheOldestBatchIsSettled) {
  sender_->Close(absl::OkStatus());
  sender_ = Sender::Create({.max_held = {.bytes = 1 << 30, .count = 5000}},
                           {connector_, scheduler_, scheduler_, 1});
  Open(0, {.bytes = 1 << 30, .count = 5000});
  OfferMany(kMaxWindow + 1);
  EXPECT_EQ(Sent().size(), static_cast<size_t>(kMaxWindow));
  for (int64_t i = 2; i <= kMaxWindow; ++i) Answer(i);
  EXPECT_EQ(Sent().back(), kMaxWindow);
  Answer(1);
  EXPECT_EQ(Sent().back(), kMaxWindow + 1);
}

// --- What a broken receiver says ---

class BrokenReceiverTest
    : public SenderTest,
      public testing::WithParamInterface<std::vector<ReceiverFrame>> {};

TEST_P(BrokenReceiverTest, IsLeftByItsSenderWhichSettlesNothing) {
  OfferMany(1);
  for (const ReceiverFrame& frame : GetParam()) Say(frame);
  EXPECT_TRUE(connector_.last().transport->closed);
  EXPECT_TRUE(
      absl::IsInvalidArgument(connector_.last().transport->close_status));
  EXPECT_FALSE(IsSettled(0));
  Pass(absl::Milliseconds(100));
  Open();
  EXPECT_EQ(Sent(), Sequences{1}) << "and it starts again";
}

const StreamOpened kOpened = {0, {.quota = kPlenty}, "first"};

INSTANTIATE_TEST_SUITE_P(
    SenderTest, BrokenReceiverTest,
    testing::Values(
        std::vector<ReceiverFrame>{Drain{}},
        std::vector<ReceiverFrame>{Acknowledgement{}},
        // Claims to have what was never sent, or to have lost what is settled.
        std::vector<ReceiverFrame>{StreamOpened{1, {.quota = kPlenty}, "a"}},
        std::vector<ReceiverFrame>{StreamOpened{-1, {.quota = kPlenty}, "a"}},
        std::vector<ReceiverFrame>{kOpened, kOpened},
        // Answers what was never sent, or without an outcome, or too many rows.
        std::vector<ReceiverFrame>{
            kOpened, Acknowledgement{0, {{2, All(Outcome::kDelivered)}}, {}}},
        std::vector<ReceiverFrame>{kOpened, Acknowledgement{1, {}, {}}},
        std::vector<ReceiverFrame>{
            kOpened,
            Acknowledgement{0, {{1, std::make_shared<BatchOutcome>(3)}}, {}}}));

// --- What the owner sees ---

class SmallSenderTest : public SenderTest {
 protected:
  SmallSenderTest() : SenderTest({.bytes = 1 << 20, .count = 2}) {}
};

TEST_F(SmallSenderTest, HoldsAsMuchAsItMayAndRefusesOneMore) {
  Open();
  OfferMany(2);
  const absl::Status refused = Offer();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_EQ(LimitedBy(refused), "sink 'archive'");
  EXPECT_GE(RetryDelayOf(refused), absl::Milliseconds(50));
  Answer(1);
  EXPECT_TRUE(Offer().ok());
}

TEST_F(SmallSenderTest, NamesWhomTheReceiverBlames) {
  Open();
  Say(Acknowledgement{
      0, {}, Credit{.quota = {}, .limited_by = "sink 'kafka'"}});
  OfferMany(2);
  EXPECT_EQ(LimitedBy(Offer()), "sink 'kafka'");
}

TEST_F(SmallSenderTest, SaysThatItIsNotConnectedAndWhy) {
  OfferMany(2);
  LoseConnection();
  const absl::Status refused = Offer();
  EXPECT_EQ(refused.message(),
            "sink 'archive': not connected, and 2 batches wait: lost");
}

TEST_F(SmallSenderTest, TellsWhoWaitsOncePerRefusalAndOnlyThen) {
  Open();
  int ready = 0;
  sender_->WhenReady([&] { ++ready; });
  EXPECT_EQ(ready, 1) << "there was room";
  OfferMany(2);
  EXPECT_FALSE(Offer().ok());
  sender_->WhenReady([&] { ++ready; });
  EXPECT_EQ(ready, 1);
  Answer(1);
  EXPECT_EQ(ready, 2);
  Answer(2);
  EXPECT_EQ(ready, 2);
}

TEST_F(SmallSenderTest, LeavesARefusedBatchWithItsOwner) {
  OfferMany(2);
  BatchView view = MakeTestBatch(2);
  SettleCallback settle = [](const BatchOutcome&) { FAIL(); };
  EXPECT_FALSE(sender_->Offer(std::move(view), std::move(settle)).ok());
  EXPECT_NE(view.batch, nullptr);
  EXPECT_EQ(view.rows.size(), 2u);
  EXPECT_TRUE(static_cast<bool>(settle));
}

TEST_F(SenderTest, DrainsWhenAllIsSettledAndTakesNothingMore) {
  Open();
  OfferMany(2);
  int drained = 0;
  sender_->Drain([&] { ++drained; });
  EXPECT_TRUE(absl::IsFailedPrecondition(Offer()));
  Answer(1);
  EXPECT_EQ(drained, 0);
  Answer(2);
  EXPECT_EQ(drained, 1);
  sender_->Drain([&] { ++drained; });
  EXPECT_EQ(drained, 2) << "already drained";
}

TEST_F(SenderTest, GivesBackForRetryWhatIsLeftWhenItIsClosed) {
  Open();
  OfferMany(2);
  Answer(1);
  sender_->Close(absl::CancelledError("shutting down"));
  EXPECT_EQ(settled_[0]->at(0), Outcome::kDelivered);
  EXPECT_EQ(settled_[1]->Count(Outcome::kRetry), 2u);
  EXPECT_EQ(settled_[1]->details()[0].component, "sink 'archive'");
  EXPECT_TRUE(connector_.last().transport->closed);
  EXPECT_TRUE(absl::IsFailedPrecondition(Offer()));
}

TEST_F(SenderTest, MayBeCalledFromItsOwnCallbacks) {
  Open();
  bool second_settled = false;
  ASSERT_TRUE(sender_
                  ->Offer(MakeTestBatch(1),
                          [&](const BatchOutcome&) {
                            sender_
                                ->Offer(MakeTestBatch(1),
                                        [&](const BatchOutcome&) {
                                          second_settled = true;
                                        })
                                .IgnoreError();
                          })
                  .ok());
  Answer(1);
  Answer(2);
  EXPECT_TRUE(second_settled);
}

}  // namespace
}  // namespace phoenix::flow
