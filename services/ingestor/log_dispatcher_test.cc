#include "services/ingestor/log_dispatcher.h"

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/simulation/scheduler.h"
#include "services/ingestor/testing/memory_log.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What reaches a lane stays there until the test settles it.
class HoldingHandler : public flow::BatchHandler {
 public:
  struct Held {
    BatchView view;
    SettleCallback settle;
  };

  void Handle(BatchView view, SettleCallback settle) override {
    for (uint32_t row : view.rows) {
      offsets_.push_back(view.batch->identity().first_offset + row);
    }
    held_.push_back({std::move(view), std::move(settle)});
  }

  // Settles the i-th of those that are held.
  void Settle(size_t i, const BatchOutcome& outcome) {
    Held held = std::move(held_[i]);
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(i));
    held.settle(outcome);
  }
  void Settle(size_t i = 0, Outcome outcome = Outcome::kDelivered) {
    Settle(i, BatchOutcome(held_[i].view.batch->size(), outcome));
  }

  const std::deque<Held>& held() const { return held_; }

  // Of every row that came, each time that it came.
  const std::vector<int64_t>& offsets() const { return offsets_; }

 private:
  std::deque<Held> held_;
  std::vector<int64_t> offsets_;
};

// A lane with a handler of its own.
struct TestLane {
  TestLane(flow::Executor& executor, Clock& clock, flow::Quota max_held)
      : receiver(
            flow::Receiver::Create({.name = "lane"}, {handler, executor, "1"})),
        connector(receiver, executor),
        sender(flow::Sender::Create(
            {.sender = "log", .receiver = "lane", .max_held = max_held},
            {connector, executor, clock, /*random_seed=*/1})) {}

  // As when its process dies: what it holds comes back.
  ~TestLane() { sender->Close(absl::UnavailableError("lane ends")); }

  HoldingHandler handler;
  std::shared_ptr<flow::Receiver> receiver;
  flow::InProcessConnector connector;
  std::shared_ptr<flow::Sender> sender;
};

class LogDispatcherTest : public ::testing::Test {
 protected:
  // Between a lane and its sender; a new one for each life of the dispatcher.
  void Start(flow::Quota max_held = {.bytes = 64 << 20, .count = 256}) {
    lanes_.clear();
    for (int i = 0; i < 2; ++i) {
      lanes_.push_back(
          std::make_unique<TestLane>(scheduler_, scheduler_, max_held));
    }
    dispatcher_ = LogDispatcher::Create(
        options_, {.log = log_,
                   .lanes = {lanes_[0]->sender, lanes_[1]->sender},
                   .budget = budget_,
                   .metrics = metrics_,
                   .executor = scheduler_,
                   .clock = scheduler_,
                   .random_seed = 1});
    ASSERT_TRUE(dispatcher_->Start().ok());
    Run();
  }

  void Run() {
    while (scheduler_.Step()) {
    }
  }

  void Append(int events, uint64_t lane = 0) {
    const auto batch =
        JsonBatch(std::vector<std::string>(static_cast<size_t>(events), "1"));
    ASSERT_TRUE(log_.Append(batch, lane, [](const auto&) {}).ok());
    Run();
  }

  HoldingHandler& lane(size_t i) { return lanes_[i]->handler; }
  int64_t cursor() const { return *log_.cursor(0); }

  LogDispatcher::Options options_;
  flow::simulation::Scheduler scheduler_{1};
  MetricsRegistry registry_;
  PipelineMetrics metrics_{registry_, "p"};
  InFlightBudget budget_{1 << 20};
  MemoryLog log_{scheduler_};
  std::vector<std::unique_ptr<TestLane>> lanes_;
  std::shared_ptr<LogDispatcher> dispatcher_;
};

TEST_F(LogDispatcherTest, GivesEveryLaneItsBatchesInOrder) {
  Start();
  Append(2, 0);
  Append(1, 1);
  Append(2, 2);
  Append(1, 3);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2, 5));
  EXPECT_EQ(dispatcher_->stats().in_flight, 6u);
}

TEST_F(LogDispatcherTest, MovesTheCursorOverASettledPrefixOnly) {
  Start();
  for (int i = 0; i < 3; ++i) Append(2);
  lane(0).Settle(2);
  lane(0).Settle(1, Outcome::kFiltered);
  Run();
  EXPECT_EQ(cursor(), 0);
  lane(0).Settle(0, Outcome::kDeadLettered);
  Run();
  EXPECT_EQ(cursor(), 6);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 2u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kFiltered), 2u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDeadLettered), 2u);
  EXPECT_EQ(dispatcher_->stats().in_flight, 0u);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(LogDispatcherTest, OffersAgainOnlyTheRowsThatCameBack) {
  Start();
  Append(3);
  BatchOutcome outcome(3, Outcome::kDelivered);
  outcome.Merge(1, Outcome::kRetry);
  const absl::Duration before = scheduler_.elapsed();
  lane(0).Settle(0, outcome);
  EXPECT_EQ(cursor(), 0);
  EXPECT_EQ(dispatcher_->stats().in_flight, 1u);
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1, 2, 1));
  EXPECT_GT(scheduler_.elapsed(), before + absl::Milliseconds(49));
  EXPECT_EQ(dispatcher_->stats().resent, 1u);
  lane(0).Settle();
  Run();
  EXPECT_EQ(cursor(), 3);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 3u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kRetry), 0u);
}

TEST_F(LogDispatcherTest, TakesNoOutcomeForNotFinal) {
  Start();
  Append(1);
  lane(0).Settle(0, Outcome::kPending);
  Run();
  EXPECT_EQ(cursor(), 0);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 0));
}

TEST_F(LogDispatcherTest, LetsNothingNewPassRowsThatWaitForARetry) {
  Start();
  Append(1, 0);
  lane(0).Settle(0, Outcome::kRetry);
  // Appended before the retry is due, and read at once.
  ASSERT_TRUE(log_.Append(JsonBatch({"1"}), 0, [](const auto&) {}).ok());
  ASSERT_TRUE(log_.Append(JsonBatch({"1"}), 1, [](const auto&) {}).ok());
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 0, 1));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2));
}

TEST_F(LogDispatcherTest, WaitsLongerForEveryRetryInARow) {
  Start();
  Append(1);
  std::vector<absl::Duration> waits;
  for (int i = 0; i < 4; ++i) {
    const absl::Duration before = scheduler_.elapsed();
    lane(0).Settle(0, Outcome::kRetry);
    Run();
    waits.push_back(scheduler_.elapsed() - before);
  }
  EXPECT_GT(waits[3], 2 * waits[0]);
}

TEST_F(LogDispatcherTest, ReadsNoFurtherThanTheBudgetLetsIn) {
  const size_t bytes = JsonBatch({"1"})->memory_bytes();
  ASSERT_TRUE(budget_.TryTake((1 << 20) - 5 * bytes / 2));
  Start();
  for (int i = 0; i < 4; ++i) Append(1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1));
  EXPECT_FALSE(dispatcher_->stats().at_end);
  budget_.Give((1 << 20) - 5 * bytes / 2);
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1, 2, 3));
}

TEST_F(LogDispatcherTest, WaitsForALaneThatIsFullAndPassesItByForOthers) {
  Start({.bytes = 64 << 20, .count = 1});
  Append(1, 0);
  Append(1, 0);
  Append(1, 1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2));
  lane(0).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1));
}

TEST_F(LogDispatcherTest, SendsWhatWasNotFinalAgainAfterARestart) {
  Start();
  for (int i = 0; i < 4; ++i) Append(2, static_cast<uint64_t>(i));
  lane(0).Settle();   // Offsets 0 and 1.
  lane(1).Settle(1);  // Offsets 6 and 7: behind 2 to 5, which are not final.
  Run();
  dispatcher_->Stop();
  Start();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(4, 5));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2, 3, 6, 7));
  EXPECT_EQ(dispatcher_->stats().recovered, 6u);
  while (!lane(0).held().empty()) lane(0).Settle();
  while (!lane(1).held().empty()) lane(1).Settle();
  Run();
  Append(1);
  EXPECT_EQ(dispatcher_->stats().recovered, 6u);
  EXPECT_EQ(dispatcher_->stats().read, 7u);
}

// Of a log that drops its oldest events.
class DroppedEventsTest : public LogDispatcherTest {
 protected:
  uint64_t Settled(Settlement settlement) {
    dispatcher_->SettleLost();
    return metrics_.settled_events(settlement);
  }
  uint64_t Waiting() const {
    const LogDispatcher::Stats stats = dispatcher_->stats();
    return stats.in_flight + stats.unread;
  }
};

TEST_F(DroppedEventsTest, CountWhenNobodyHasReadThem) {
  options_.max_span = 2;
  Start();
  for (int i = 0; i < 4; ++i) Append(2);
  EXPECT_EQ(Waiting(), 8u);
  log_.DropBelow(6);
  // Of those two are in the lane, and two were read.
  EXPECT_EQ(Settled(Settlement::kDropped), 2u);
  EXPECT_EQ(Waiting(), 6u);
  for (int i = 0; i < 3; ++i) {
    lane(0).Settle();
    Run();
  }
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1, 2, 3, 6, 7));
  EXPECT_EQ(Settled(Settlement::kDelivered), 6u);
  EXPECT_EQ(Settled(Settlement::kDropped), 2u);
  EXPECT_EQ(Waiting(), 0u);
}

TEST_F(DroppedEventsTest, CountWhenTheyWereReadAndNobodyHandsThemOnAgain) {
  options_.max_span = 4;
  Start();
  for (int i = 0; i < 4; ++i) Append(2);
  BatchOutcome outcome(2, Outcome::kDelivered);
  outcome = BatchOutcome(2);
  outcome.Merge(0, Outcome::kDelivered);
  outcome.Merge(1, Outcome::kRetry);
  dispatcher_->Stop();
  lane(0).Settle(0, outcome);
  lane(0).Settle(0, Outcome::kRetry);
  Run();
  EXPECT_EQ(Settled(Settlement::kDropped), 0u);
  EXPECT_EQ(Waiting(), 7u);
  log_.DropBelow(6);
  // 0 is final; 4 and 5 were read and not handed on.
  EXPECT_EQ(Settled(Settlement::kDropped), 5u);
  EXPECT_EQ(Settled(Settlement::kDelivered), 1u);
  EXPECT_EQ(Waiting(), 2u);
}

TEST_F(DroppedEventsTest, CountAsRecoveredWhenTheyWereFound) {
  options_.max_span = 2;
  for (int i = 0; i < 3; ++i) Append(2);
  Start();
  EXPECT_EQ(metrics_.recovered_events(), 6u);
  log_.DropBelow(6);
  EXPECT_EQ(Settled(Settlement::kDropped), 2u);
  for (int i = 0; i < 2; ++i) {
    lane(0).Settle();
    Run();
  }
  EXPECT_EQ(Settled(Settlement::kDelivered), 4u);
  EXPECT_EQ(metrics_.in_flight_events(), 0u);
}

TEST_F(LogDispatcherTest, LetsNothingNewPassWhatItHasRecovered) {
  Append(1, 0);
  Append(2, 1);
  Start();
  Append(1, 0);
  Append(1, 1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(1, 2));
  lane(0).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  lane(1).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 3));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(1, 2, 4));
  EXPECT_EQ(metrics_.recovered_events(), 3u);
  EXPECT_EQ(metrics_.received_events(), 0u);
}

TEST_F(LogDispatcherTest, LetsNoRunPassTheRunsBeforeIt) {
  Append(1, 0);
  log_.BeginRun();
  Append(1, 1);
  log_.BeginRun();
  Append(1, 0);
  Start();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  EXPECT_THAT(lane(1).offsets(), IsEmpty());
  lane(0).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(1));
  lane(1).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 2));
}

TEST_F(LogDispatcherTest, SkipsTheRowsThatACursorWithinABatchHasPassed) {
  Append(4);
  ASSERT_TRUE(log_.SetCursor(0, 3).ok());
  Start();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(3));
  lane(0).Settle();
  Run();
  EXPECT_EQ(cursor(), 4);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 1u);
}

TEST_F(LogDispatcherTest, PassesOverAGap) {
  Start();
  Append(1);
  log_.LeaveGap(100);
  Append(1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 101));
  lane(0).Settle();
  lane(0).Settle();
  Run();
  EXPECT_EQ(cursor(), 102);
}

TEST_F(LogDispatcherTest, ReadsAgainAfterAnError) {
  Append(1);
  log_.FailNextRead(absl::UnavailableError("disk is away"));
  Start();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
}

TEST_F(LogDispatcherTest, GivesTheBudgetBackWhenItIsStopped) {
  Start({.bytes = 64 << 20, .count = 1});
  Append(1);
  Append(1);
  dispatcher_->Stop();
  dispatcher_->Stop();
  lane(0).Settle(0, Outcome::kRetry);
  Append(1);
  EXPECT_EQ(budget_.used_bytes(), 0u);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0));
  EXPECT_EQ(cursor(), 0);
}

TEST_F(LogDispatcherTest, MovesTheCursorForWhatSettlesAfterItWasStopped) {
  Start();
  Append(2);
  dispatcher_->Stop();
  lane(0).Settle();
  Run();
  EXPECT_EQ(cursor(), 2);
}

TEST_F(LogDispatcherTest, RefusesAPartitionThatTheLogDoesNotHave) {
  Start();
  const auto other =
      LogDispatcher::Create({.partition = 1}, {.log = log_,
                                               .lanes = {lanes_[0]->sender},
                                               .budget = budget_,
                                               .metrics = metrics_,
                                               .executor = scheduler_,
                                               .clock = scheduler_,
                                               .random_seed = 1});
  EXPECT_EQ(other->Start().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(LogDispatcherTest, HandsOnNothingThatIsTooFarBeyondTheCursor) {
  options_.max_span = 3;
  Start();
  for (int i = 0; i < 4; ++i) Append(2, static_cast<uint64_t>(i));
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1));
  EXPECT_THAT(lane(1).offsets(), IsEmpty());
  lane(0).Settle();
  Run();
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2, 3));
  lane(1).Settle();
  Run();
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1, 4, 5));
}

TEST_F(LogDispatcherTest, CountsAllOfASharedLogAsRecovered) {
  Append(1, 0);
  options_.shared = true;
  Start();
  Append(1, 0);
  Append(1, 1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1));
  EXPECT_THAT(lane(1).offsets(), ElementsAre(2));
  EXPECT_EQ(metrics_.recovered_events(), 3u);
}

TEST_F(LogDispatcherTest, GivesBackWhatIsNotFinalWhenItLetsAPartitionGo) {
  options_.shared = true;
  Start({.bytes = 64 << 20, .count = 1});
  for (int i = 0; i < 3; ++i) Append(2, 0);
  lane(0).Settle();
  Run();
  EXPECT_FALSE(dispatcher_->Release(absl::ZeroDuration()));
  EXPECT_EQ(dispatcher_->stats().in_flight, 0u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 2u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kRetry), 4u);
  lane(0).Settle();
  Run();
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 2u);
  EXPECT_EQ(cursor(), 2);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(LogDispatcherTest, LetsAPartitionGoAtOnceWhenAllIsFinal) {
  options_.shared = true;
  Start();
  Append(2);
  lane(0).Settle();
  Run();
  EXPECT_TRUE(dispatcher_->Release(absl::Hours(1)));
  EXPECT_TRUE(dispatcher_->Release(absl::Hours(1)));
  EXPECT_EQ(metrics_.settled_events(Settlement::kRetry), 0u);
  Append(1);
  EXPECT_THAT(lane(0).offsets(), ElementsAre(0, 1));
}

TEST_F(LogDispatcherTest, WaitsForNothingThatAStopHasHeldBack) {
  Start();
  Append(2);
  lane(0).Settle(0, Outcome::kRetry);
  EXPECT_FALSE(dispatcher_->Release(absl::Hours(1)));
  EXPECT_EQ(metrics_.settled_events(Settlement::kRetry), 2u);
}

// Outcomes in any order, some of them retries, and a restart now and then.
class LogDispatcherChaosTest : public LogDispatcherTest {
 protected:
  void Settle(Random& random, HoldingHandler& handler) {
    const size_t i = random.Below(handler.held().size());
    const BatchView view = handler.held()[i].view;
    BatchOutcome outcome(view.batch->size());
    for (uint32_t row : view.rows) {
      const bool again = random.Chance(0.2);
      outcome.Merge(row, again ? Outcome::kRetry : Outcome::kDelivered);
      if (!again) final_.insert(view.batch->identity().first_offset + row);
    }
    handler.Settle(i, outcome);
    Run();
  }

  bool SettleOne(Random& random) {
    std::vector<HoldingHandler*> busy;
    for (const auto& lane : lanes_) {
      if (!lane->handler.held().empty()) busy.push_back(&lane->handler);
    }
    if (busy.empty()) return false;
    Settle(random, *busy[random.Below(busy.size())]);
    return true;
  }

  void ExpectOnlyFinalBehindTheCursor() {
    for (int64_t offset = 0; offset < cursor(); ++offset) {
      ASSERT_TRUE(final_.contains(offset)) << offset;
    }
  }

  std::set<int64_t> final_;
};

TEST_F(LogDispatcherChaosTest, NeverMovesTheCursorOverWhatIsNotFinal) {
  constexpr int kSteps = 1000;
  Random random(7);
  Start();
  for (int step = 0; step < kSteps; ++step) {
    if (random.Chance(0.3)) {
      Append(static_cast<int>(1 + random.Below(5)), random.Below(4));
    } else if (random.Chance(0.01)) {
      dispatcher_->Stop();
      Start();
    } else {
      SettleOne(random);
    }
    ASSERT_NO_FATAL_FAILURE(ExpectOnlyFinalBehindTheCursor());
  }
  while (SettleOne(random)) {
  }
  EXPECT_EQ(cursor(), log_.Stats().next_offset);
  EXPECT_EQ(final_.size(), static_cast<size_t>(cursor()));
}

// Settles at once.
class EagerHandler : public flow::BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    settle(BatchOutcome(view.batch->size(), Outcome::kDelivered));
  }
};

TEST(LogDispatcherThreadsTest, DrainsWhatTheLogHolds) {
  constexpr int kBatches = 500;
  MetricsRegistry registry;
  PipelineMetrics metrics(registry, "p");
  InFlightBudget budget(1 << 20);
  flow::Lane log_thread({.name = "log"});
  MemoryLog log(log_thread);
  EagerHandler handler;
  flow::Lane lane({.name = "lane"});
  const auto receiver =
      flow::Receiver::Create({.name = "lane"}, {handler, lane, "1"});
  flow::InProcessConnector connector(receiver, lane);
  const auto sender = flow::Sender::Create(
      {.sender = "log"}, {connector, lane, Clock::System(), 1});
  flow::Lane reading({.name = "dispatcher"});
  const auto dispatcher = LogDispatcher::Create({}, {.log = log,
                                                     .lanes = {sender},
                                                     .budget = budget,
                                                     .metrics = metrics,
                                                     .executor = reading,
                                                     .clock = Clock::System(),
                                                     .random_seed = 1});
  ASSERT_TRUE(dispatcher->Start().ok());
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(log.Append(JsonBatch({"1", "2"}), 0, [](const auto&) {}).ok());
  }
  log_thread.Drain();
  EXPECT_TRUE(dispatcher->Drain(absl::Seconds(60)));
  EXPECT_EQ(*log.cursor(0), 2 * kBatches);
  EXPECT_EQ(metrics.settled_events(Settlement::kDelivered), 2u * kBatches);
  dispatcher->Stop();
  reading.Stop();
  sender->Close(absl::UnavailableError("test ends"));
  lane.Drain();
}

TEST(LogDispatcherThreadsTest, GivesADrainUpWhenItsTimeHasPassed) {
  flow::simulation::Scheduler scheduler(1);
  MetricsRegistry registry;
  PipelineMetrics metrics(registry, "p");
  InFlightBudget budget(1 << 20);
  MemoryLog log(scheduler);
  TestLane lane(scheduler, scheduler, {.bytes = 1 << 20, .count = 8});
  const auto dispatcher = LogDispatcher::Create({}, {.log = log,
                                                     .lanes = {lane.sender},
                                                     .budget = budget,
                                                     .metrics = metrics,
                                                     .executor = scheduler,
                                                     .clock = scheduler,
                                                     .random_seed = 1});
  ASSERT_TRUE(dispatcher->Start().ok());
  EXPECT_FALSE(dispatcher->Drain(absl::ZeroDuration()));
}

}  // namespace
}  // namespace phoenix
