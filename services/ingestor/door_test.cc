#include "services/ingestor/door.h"

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/flow/back_pressure.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/simulation/scheduler.h"
#include "services/ingestor/testing/memory_log.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Keeps what a lane gets until the test settles it.
class HoldingHandler : public flow::BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    MutexLock lock(mutex_);
    held_.push_back({std::move(view), std::move(settle)});
    arrived_.NotifyAll();
  }

  EventBatchPtr SettleNext(Outcome outcome) {
    std::pair<BatchView, SettleCallback> next;
    {
      MutexLock lock(mutex_);
      while (held_.empty()) arrived_.Wait(mutex_);
      next = std::move(held_.front());
      held_.pop_front();
    }
    next.second(BatchOutcome(next.first.batch->size(), outcome));
    return next.first.batch;
  }

 private:
  Mutex mutex_;
  CondVar arrived_;
  std::deque<std::pair<BatchView, SettleCallback>> held_
      ABSL_GUARDED_BY(mutex_);
};

class DoorTest : public ::testing::Test {
 protected:
  static constexpr size_t kBudgetBytes = 1 << 20;

  ~DoorTest() override {
    sender_->Close(absl::UnavailableError("test ends"));
    lane_.Drain();
  }

  FakeClock clock_;
  MetricsRegistry registry_;
  PipelineMetrics pipeline_metrics_{registry_, "p"};
  ComponentMetrics metrics_{
      registry_,
      {.kind = ComponentKind::kSource, .type = "test", .name = "door"}};
  InFlightBudget budget_{kBudgetBytes};
  FakeDeadLetters dead_letters_;
  HoldingHandler handler_;
  flow::Lane lane_{{.name = "lane"}};
  std::shared_ptr<flow::Receiver> receiver_ =
      flow::Receiver::Create({.name = "lane"}, {handler_, lane_, "1"});
  flow::InProcessConnector connector_{receiver_, lane_};
  std::shared_ptr<flow::Sender> sender_ = flow::Sender::Create(
      {.sender = "door"}, {connector_, lane_, clock_, /*random_seed=*/1});
  LaneIntake intake_{{sender_}};
  Door door_{{.intake = intake_,
              .budget = budget_,
              .pipeline_metrics = pipeline_metrics_,
              .metrics = metrics_,
              .dead_letters = dead_letters_,
              .source = "door",
              .position = {3, 5},
              .revision = "r7",
              .clock = clock_,
              .slowest_part = [] { return std::string("sink 'slow'"); }}};
};

TEST_F(DoorTest, TellsTheSourceWhatBecameOfItsEvents) {
  std::vector<Outcome> outcomes;
  ASSERT_TRUE(door_
                  .Offer(JsonBatch({"1", "2"}), 0,
                         [&](const BatchOutcome& outcome) {
                           outcomes = {outcome.at(0), outcome.at(1)};
                         })
                  .ok());
  EXPECT_GT(budget_.used_bytes(), 0u);
  handler_.SettleNext(Outcome::kDelivered);
  ASSERT_TRUE(budget_.WaitUntilIdle(absl::Seconds(30)));
  EXPECT_THAT(outcomes, ElementsAre(Outcome::kDelivered, Outcome::kDelivered));
}

TEST_F(DoorTest, MarksEveryBatchWithItsRevision) {
  const EventBatchPtr offered = JsonBatch({"1", "2"});
  ASSERT_TRUE(door_.Offer(offered, 0, [](const BatchOutcome&) {}).ok());
  const EventBatchPtr taken = handler_.SettleNext(Outcome::kDelivered);
  EXPECT_EQ(taken->revision(), "r7");
  EXPECT_EQ(taken->payload(1), "2");
  EXPECT_EQ(taken->payload(1).data(), offered->payload(1).data());
}

TEST_F(DoorTest, CountsWhatCameAndWhatBecameOfIt) {
  ASSERT_TRUE(
      door_.Offer(JsonBatch({"10", "2"}), 0, [](const BatchOutcome&) {}).ok());
  EXPECT_EQ(metrics_.received_events(), 2u);
  EXPECT_EQ(metrics_.received_bytes(), 3u);
  EXPECT_EQ(metrics_.sent_events(), 2u);
  EXPECT_EQ(metrics_.sent_bytes(), 3u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 2u);
  handler_.SettleNext(Outcome::kFiltered);
  ASSERT_TRUE(budget_.WaitUntilIdle(absl::Seconds(30)));
  EXPECT_EQ(pipeline_metrics_.settled_events(Settlement::kFiltered), 2u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 0u);
  EXPECT_EQ(pipeline_metrics_.delivery_duration().count, 2u);
}

TEST_F(DoorTest, RefusesBeyondTheBudgetAndNamesTheSlowestPart) {
  ASSERT_TRUE(budget_.TryTake(kBudgetBytes));
  bool settled = false;
  const absl::Status refused = door_.Offer(
      JsonBatch({"1"}), 0, [&](const BatchOutcome&) { settled = true; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(flow::LimitedBy(refused), "sink 'slow'");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("limits.buffer_bytes"));
  EXPECT_TRUE(flow::RetryDelayOf(refused).has_value());
  EXPECT_FALSE(settled);
  EXPECT_EQ(metrics_.received_events(), 0u);
}

TEST_F(DoorTest, SaysWhenThereIsRoomAgain) {
  ASSERT_TRUE(budget_.TryTake(kBudgetBytes));
  bool ready = false;
  door_.WhenReady([&] { ready = true; });
  EXPECT_FALSE(ready);
  budget_.Give(kBudgetBytes);
  EXPECT_TRUE(ready);
}

TEST_F(DoorTest, RefusesWhenClosed) {
  door_.Close();
  const absl::Status refused =
      door_.Offer(JsonBatch({"1"}), 0, [](const BatchOutcome&) {});
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(DoorTest, GivesEventsBackWhenTheLaneIsClosed) {
  sender_->Close(absl::UnavailableError("stopped"));
  bool settled = false;
  const absl::Status refused = door_.Offer(
      JsonBatch({"1"}), 0, [&](const BatchOutcome&) { settled = true; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(settled);
  EXPECT_EQ(budget_.used_bytes(), 0u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 0u);
}

// As DoorTest, with a log behind the door.
class LoggedDoorTest : public ::testing::Test {
 protected:
  absl::Status Offer() {
    return door_.Offer(
        JsonBatch({"1", "2"}), 0,
        [this](const BatchOutcome& outcome) { outcome_ = outcome; });
  }

  void Run() {
    while (scheduler_.Step()) {
    }
  }

  flow::simulation::Scheduler scheduler_{1};
  MetricsRegistry registry_;
  PipelineMetrics pipeline_metrics_{registry_, "p"};
  ComponentMetrics metrics_{
      registry_,
      {.kind = ComponentKind::kSource, .type = "test", .name = "door"}};
  InFlightBudget budget_{1 << 20};
  FakeDeadLetters dead_letters_;
  MemoryLog log_{scheduler_};
  LogIntake intake_{log_};
  Door door_{{.intake = intake_,
              .budget = budget_,
              .pipeline_metrics = pipeline_metrics_,
              .metrics = metrics_,
              .dead_letters = dead_letters_,
              .source = "door",
              .position = {},
              .clock = scheduler_,
              .slowest_part = [] { return std::string("sink 'slow'"); }}};
  std::optional<BatchOutcome> outcome_;
};

TEST_F(LoggedDoorTest, TellsTheSourceWhenItsEventsAreDurable) {
  ASSERT_TRUE(Offer().ok());
  EXPECT_FALSE(outcome_.has_value());
  Run();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->Count(Outcome::kLogged), 2u);
  EXPECT_EQ(door_.ack_level(), AckLevel::kDisk);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(LoggedDoorTest, LeavesLoggedEventsInFlight) {
  ASSERT_TRUE(Offer().ok());
  Run();
  EXPECT_EQ(pipeline_metrics_.received_events(), 2u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 2u);
  EXPECT_EQ(pipeline_metrics_.delivery_duration().count, 0u);
}

TEST_F(LoggedDoorTest, CountsEventsThatTheLogLostAsGivenBack) {
  log_.FailAppends(absl::UnavailableError("cannot sync"));
  ASSERT_TRUE(Offer().ok());
  Run();
  EXPECT_EQ(pipeline_metrics_.settled_events(Settlement::kRetry), 2u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 0u);
}

TEST_F(LoggedDoorTest, NamesTheLogAndTheSlowestSinkWhenTheLogIsFull) {
  log_.SetFull(true);
  const absl::Status refused = Offer();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(flow::LimitedBy(refused), "sink 'slow'");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("log 'memory'"));
  EXPECT_TRUE(flow::RetryDelayOf(refused).has_value());
  EXPECT_EQ(budget_.used_bytes(), 0u);
  EXPECT_EQ(pipeline_metrics_.received_events(), 0u);
}

TEST_F(LoggedDoorTest, IsReadyWhenTheLogHasRoom) {
  log_.SetFull(true);
  ASSERT_FALSE(Offer().ok());
  bool ready = false;
  door_.WhenReady([&] { ready = true; });
  Run();
  EXPECT_FALSE(ready);
  log_.SetFull(false);
  Run();
  EXPECT_TRUE(ready);
}

TEST_F(DoorTest, CountsWhatNeverBecameAnEvent) {
  door_.CountRejected(3, "MALFORMED_JSON");
  EXPECT_EQ(metrics_.failed_events(), 3u);
  EXPECT_EQ(pipeline_metrics_.received_events(), 0u);
}

UnreadableInput TwoBadRows() {
  const absl::Status why = absl::InvalidArgumentError("in:7: not valid");
  return {JsonBatch({"x", "y"}), {{why, "EVENT_INVALID"}, {why, "OTHER"}}};
}

TEST_F(DoorTest, MakesDeadLettersOfWhatCantBeRead) {
  std::optional<BatchOutcome> outcome;
  ASSERT_TRUE(
      door_
          .OfferUnreadable(TwoBadRows(),
                           [&](const BatchOutcome& said) { outcome = said; })
          .ok());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->Count(Outcome::kDeadLettered), 2u);
  ASSERT_THAT(dead_letters_.posted, SizeIs(2));
  const DeadLetterRow& letter = dead_letters_.posted[1];
  EXPECT_EQ(letter.row, 1u);
  EXPECT_EQ(letter.component, "door");
  EXPECT_EQ(letter.position.line, 3);
  EXPECT_EQ(letter.status, absl::InvalidArgumentError("in:7: not valid"));
  EXPECT_EQ(dead_letters_.inputs.at(0)->payload(1), "y");
}

TEST_F(DoorTest, AccountsForWhatCantBeRead) {
  ASSERT_TRUE(
      door_.OfferUnreadable(TwoBadRows(), [](const BatchOutcome&) {}).ok());
  EXPECT_EQ(metrics_.received_events(), 2u);
  EXPECT_EQ(metrics_.failed_events(), 2u);
  EXPECT_EQ(metrics_.sent_events(), 0u);
  EXPECT_EQ(pipeline_metrics_.received_events(), 2u);
  EXPECT_EQ(pipeline_metrics_.settled_events(Settlement::kDeadLettered), 2u);
  EXPECT_EQ(pipeline_metrics_.in_flight_events(), 0u);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(DoorTest, RefusesWhatCantBeReadWhenThereIsNoRoom) {
  ASSERT_TRUE(budget_.TryTake(kBudgetBytes));
  EXPECT_EQ(
      door_.OfferUnreadable(TwoBadRows(), [](const BatchOutcome&) {}).code(),
      absl::StatusCode::kResourceExhausted);
  door_.Close();
  EXPECT_EQ(
      door_.OfferUnreadable(TwoBadRows(), [](const BatchOutcome&) {}).code(),
      absl::StatusCode::kUnavailable);
  EXPECT_THAT(dead_letters_.posted, IsEmpty());
  EXPECT_EQ(metrics_.received_events(), 0u);
}

}  // namespace
}  // namespace phoenix
