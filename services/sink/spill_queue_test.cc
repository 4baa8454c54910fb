#include "services/sink/spill_queue.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/json_batch.h"
#include "services/sink/testing/spill_harness.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// With an identity, as the log of a pipeline gives it.
BatchView Numbered(const std::vector<std::string>& payloads, int64_t offset) {
  EventBatch::Columns columns = JsonBatch(payloads)->columns();
  columns.identity = {.log = "main@1", .partition = 0, .first_offset = offset};
  return WholeView(std::make_shared<const EventBatch>(std::move(columns)));
}

class SpillQueueTest : public ::testing::Test {
 protected:
  SpillQueueTest() { Begin(); }

  void Begin(SpillLife::Options options = {}) {
    life_.reset();
    options.folder = folder_.path();
    life_ = std::make_unique<SpillLife>(options);
    life_->Run();
  }

  // What is left of the queue after SIGKILL.
  void Crash() {
    folder_.Crash();
    Begin();
  }

  OutcomeRecorder Offer(BatchView view) {
    OutcomeRecorder recorder;
    life_->queue.OfferLater(std::move(view), recorder.Callback());
    life_->Run();
    return recorder;
  }
  OutcomeRecorder Offer(const std::string& payload) {
    return Offer(WholeView(JsonBatch({payload})));
  }

  // The payloads of what the sink gets next.
  std::vector<std::string> Next() {
    std::vector<std::string> payloads;
    if (memory().size() == 0) return payloads;
    for (const uint32_t row : memory().view(0).rows) {
      payloads.emplace_back(memory().view(0).batch->payload(row));
    }
    memory().Settle();
    life_->Run();
    return payloads;
  }
  std::vector<std::string> All() {
    std::vector<std::string> all;
    while (memory().size() > 0) {
      for (std::string& payload : Next()) all.push_back(std::move(payload));
    }
    return all;
  }

  void ExpectBooksClosed() {
    EXPECT_EQ(stats().unaccounted(), 0);
    EXPECT_EQ(stats().waiting, 0u);
    const auto rest = life_->log->Read(0, *life_->log->cursor(0));
    EXPECT_FALSE((*rest)->Next()->has_value()) << "not behind the cursor";
  }

  FakeMemoryQueue& memory() { return life_->memory; }
  SpillQueue::Stats stats() const { return life_->queue.stats(); }

  SpillFolder folder_;
  std::unique_ptr<SpillLife> life_;
};

TEST_F(SpillQueueTest, GoesStraightToTheSinkWhileThereIsRoom) {
  const OutcomeRecorder first = Offer("1");
  const OutcomeRecorder second = Offer("2");
  EXPECT_EQ(first.calls(), 0u);
  EXPECT_THAT(All(), ElementsAre("1", "2"));
  EXPECT_THAT(second.names(), ElementsAre("delivered"));
  EXPECT_EQ(stats().spilled, 0u);
  EXPECT_EQ(life_->log->Stats().appended_events, 0u);
}

TEST_F(SpillQueueTest, PutsOnDiskWhatFindsNoRoomBehindWhatCameBefore) {
  const OutcomeRecorder first = Offer("1");
  Offer("2");
  const OutcomeRecorder third = Offer("3");
  EXPECT_THAT(first.names(), ElementsAre("queued"));
  EXPECT_THAT(third.names(), ElementsAre("queued"));
  EXPECT_EQ(stats().spilled, 3u);
  EXPECT_EQ(stats().waiting, 3u);
  EXPECT_THAT(All(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(stats().delivered, 3u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, PutsOnDiskWhatStandsInMemory) {
  OutcomeRecorder only;
  life_->queue.OfferLater(WholeView(JsonBatch({"1"})), only.Callback());
  EXPECT_EQ(only.calls(), 0u);
  life_->executor.Wait();
  life_->Run();
  EXPECT_THAT(only.names(), ElementsAre("queued"));
  EXPECT_THAT(All(), ElementsAre("1"));
  EXPECT_EQ(stats().spilled, 1u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, PutsOnDiskAtOnceWhatComesWhileTheSinkStands) {
  OutcomeRecorder first;
  life_->queue.OfferLater(WholeView(JsonBatch({"1"})), first.Callback());
  life_->executor.Wait();
  life_->Run();
  ASSERT_THAT(first.names(), ElementsAre("queued"));
  const OutcomeRecorder second = Offer("2");
  EXPECT_THAT(second.names(), ElementsAre("queued"));
  EXPECT_THAT(All(), ElementsAre("1", "2"));
  const OutcomeRecorder third = Offer("3");
  EXPECT_THAT(All(), ElementsAre("3"));
  EXPECT_THAT(third.names(), ElementsAre("delivered"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, KeepsOrderUntilTheLogHasNothingMore) {
  for (int i = 1; i <= 5; ++i) Offer(std::to_string(i));
  EXPECT_THAT(Next(), ElementsAre("1"));
  Offer("6");
  EXPECT_THAT(All(), ElementsAre("2", "3", "4", "5", "6"));
  const uint64_t on_disk = life_->log->Stats().appended_events;
  const OutcomeRecorder last = Offer("7");
  EXPECT_THAT(All(), ElementsAre("7"));
  EXPECT_THAT(last.names(), ElementsAre("delivered"));
  EXPECT_EQ(life_->log->Stats().appended_events, on_disk);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, TellsTheOutcomeOfWhatTheSinkTakesBeforeTheDiskDoes) {
  OutcomeRecorder first;
  life_->queue.OfferLater(WholeView(JsonBatch({"1"})), first.Callback());
  for (int i = 0; i < 2; ++i) {
    life_->queue.OfferLater(WholeView(JsonBatch({"2"})),
                            [](const BatchOutcome&) {});
  }
  memory().Settle();
  EXPECT_THAT(first.names(), ElementsAre("delivered"));
  life_->DeliverAll();
  EXPECT_EQ(first.calls(), 1u);
  EXPECT_EQ(stats().spilled, 2u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, LetsGoOfWhatIsGivenBackBeforeTheDiskHasIt) {
  OutcomeRecorder first;
  life_->queue.OfferLater(WholeView(JsonBatch({"1"})), first.Callback());
  for (int i = 0; i < 2; ++i) {
    life_->queue.OfferLater(WholeView(JsonBatch({"2"})),
                            [](const BatchOutcome&) {});
  }
  memory().Settle(Outcome::kRetry);
  EXPECT_THAT(first.names(), ElementsAre("retry"));
  life_->DeliverAll();
  EXPECT_EQ(stats().delivered, 2u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, DeliversWhatIsOnDiskFirstInTheNextLife) {
  Offer(Numbered({"1"}, 10));
  Offer(Numbered({"2"}, 11));
  BatchView part = Numbered({"3", "4", "5"}, 12);
  part.rows = {0, 2};
  Offer(std::move(part));
  Begin();
  EXPECT_EQ(stats().found, 4u);
  EXPECT_EQ(stats().waiting, 4u);
  Offer("new");
  ASSERT_EQ(memory().size(), 2u);
  EXPECT_EQ(memory().view(0).batch->identity().log, "main@1");
  EXPECT_EQ(memory().view(0).batch->identity().first_offset, 10);
  EXPECT_THAT(Next(), ElementsAre("1"));
  EXPECT_THAT(Next(), ElementsAre("2"));
  EXPECT_EQ(memory().view(0).batch->identity().first_offset, 12);
  EXPECT_THAT(memory().view(0).rows, ElementsAre(0, 2));
  EXPECT_THAT(All(), ElementsAre("3", "5", "new"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, HasAfterACrashAllThatItAnsweredFor) {
  for (int i = 1; i <= 4; ++i) Offer(std::to_string(i));
  Crash();
  EXPECT_EQ(stats().found, 4u);
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, GivesWhatHasNoIdentityThatOfItsOwnLog) {
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  Crash();
  EXPECT_THAT(memory().view(0).batch->identity().log, HasSubstr("p/s@"));
  EXPECT_EQ(memory().view(0).batch->identity().first_offset, 0);
}

TEST_F(SpillQueueTest, SendsToTheDeadLettersWhatTheSinkCanNeverTake) {
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  BatchOutcome refused(1, Outcome::kRejected);
  refused.AddDetail({0, "s", absl::NotFoundError("no such table")});
  memory().Settle(refused);
  life_->Run();
  EXPECT_THAT(All(), ElementsAre("2", "3"));
  ASSERT_EQ(life_->dead_letters.posted.size(), 1u);
  EXPECT_EQ(life_->dead_letters.posted[0].component, "s");
  EXPECT_EQ(life_->dead_letters.posted[0].position.line, 3);
  EXPECT_EQ(life_->dead_letters.posted[0].status.message(), "no such table");
  EXPECT_EQ(life_->dead_letters.inputs[0]->payload(0), "1");
  EXPECT_EQ(stats().dead_lettered, 1u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, KeepsWhatTheDeadLetterSinkItselfCantTake) {
  Begin({.is_dead_letter = true});
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  memory().Settle(Outcome::kRejected);
  life_->DeliverAll();
  EXPECT_EQ(stats().delivered, 3u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, OffersRowsAgainThatTheSinkGaveBack) {
  Offer("1");
  Offer("2");
  Offer(WholeView(JsonBatch({"3", "4"})));
  Next();
  Next();
  BatchOutcome half(2, Outcome::kDelivered);
  half.Merge(1, Outcome::kRetry);
  memory().Settle(half);
  life_->Run();
  EXPECT_EQ(stats().waiting, 1u);
  EXPECT_THAT(All(), ElementsAre("4"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, KeepsInOrderWhatTheDiskRefuses) {
  std::vector<OutcomeRecorder> offers;
  for (int i = 1; i <= 2; ++i) offers.push_back(Offer(std::to_string(i)));
  {
    ScopedFailpoints broken("log.append.before_write=error");
    for (int i = 3; i <= 6; ++i) {
      OutcomeRecorder& offered = offers.emplace_back();
      life_->queue.OfferLater(WholeView(JsonBatch({std::to_string(i)})),
                              offered.Callback());
      if (i % 2 == 0) life_->log->Step();
    }
    EXPECT_TRUE(stats().holds_up);
    EXPECT_THAT(stats().refuses, HasSubstr("log.append.before_write"));
    for (const OutcomeRecorder& offer : offers) EXPECT_EQ(offer.calls(), 0u);
  }
  life_->Run();
  for (const OutcomeRecorder& offer : offers) {
    EXPECT_THAT(offer.names(), ElementsAre("queued"));
  }
  EXPECT_FALSE(stats().holds_up);
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4", "5", "6"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, RefusesBehindWhatTheDiskRefusedOnTheWay) {
  // Fails the first group alone: what is behind it must not be stored.
  Begin({.max_group_bytes = 1});
  Offer("1");
  Offer("2");
  for (const char* payload : {"3", "4", "5"}) {
    life_->queue.OfferLater(WholeView(JsonBatch({payload})),
                            [](const BatchOutcome&) {});
  }
  {
    ScopedFailpoints broken("log.append.before_write=error");
    life_->log->Step();
  }
  EXPECT_EQ(stats().waiting, 0u);
  life_->Run();
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4", "5"));
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, GoesOnInMemoryWhileTheDiskRefuses) {
  ScopedFailpoints broken("log.append.before_write=error");
  std::vector<OutcomeRecorder> offers;
  for (int i = 1; i <= 5; ++i) offers.push_back(Offer(std::to_string(i)));
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4", "5"));
  for (const OutcomeRecorder& offer : offers) {
    EXPECT_THAT(offer.names(), ElementsAre("delivered"));
  }
  EXPECT_EQ(stats().spilled, 0u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, GivesBackWhatTheDiskRefusedWhenItStops) {
  ScopedFailpoints broken("log.append.before_write=error");
  std::vector<OutcomeRecorder> offers;
  for (int i = 1; i <= 4; ++i) offers.push_back(Offer(std::to_string(i)));
  life_->queue.Stop();
  EXPECT_THAT(offers[2].names(), ElementsAre("retry"));
  EXPECT_THAT(offers[3].names(), ElementsAre("retry"));
}

TEST_F(SpillQueueTest, MissesNothingInTheNextLifeOfWhatTheDiskRefused) {
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  {
    ScopedFailpoints broken("log.append.before_write=error");
    Offer("4");
  }
  life_->executor.Wait();
  life_->Run();
  Crash();
  EXPECT_EQ(stats().found, 4u);
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(stats().damaged, 0u);
  ExpectBooksClosed();
}

TEST_F(SpillQueueTest, StopsAndLeavesOnDiskWhatWaits) {
  for (int i = 1; i <= 4; ++i) Offer(std::to_string(i));
  EXPECT_FALSE(life_->queue.Drain(absl::ZeroDuration()));
  life_->queue.Stop();
  memory().Settle(Outcome::kRetry);
  memory().Settle(Outcome::kRetry);
  life_->Run();
  EXPECT_EQ(memory().size(), 0u) << "nothing more is handed on";
  EXPECT_EQ(stats().waiting, 4u);
  EXPECT_EQ(stats().unaccounted(), 0);
  EXPECT_THAT(Offer("5").names(), ElementsAre("retry"));
  Begin();
  EXPECT_THAT(All(), ElementsAre("1", "2", "3", "4"));
  EXPECT_TRUE(life_->queue.Drain(absl::ZeroDuration()));
}

TEST_F(SpillQueueTest, KnowsHowLongTheFirstHasWaited) {
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  const absl::Duration before = stats().lag;
  life_->scheduler.RunAfter(absl::Seconds(90), [] {});
  life_->Run();
  EXPECT_GE(stats().lag - before, absl::Seconds(90));
  All();
  EXPECT_EQ(stats().lag, absl::ZeroDuration());
}

TEST_F(SpillQueueTest, EachFailpointIsReached) {
  ScopedFailpoints counting(
      "queue.spill.before_append=count,queue.spill.before_settle=count,"
      "queue.replay.before_cursor=count");
  for (int i = 1; i <= 3; ++i) Offer(std::to_string(i));
  All();
  EXPECT_EQ(FailpointHits("queue.spill.before_append"), 3u);
  EXPECT_EQ(FailpointHits("queue.spill.before_settle"), 3u);
  EXPECT_EQ(FailpointHits("queue.replay.before_cursor"), 3u);
}

// A queue that holds some 1 MiB on disk.
class FullSpillQueueTest : public SpillQueueTest {
 protected:
  static constexpr uint64_t kMaxBytes = 1 << 20;
  static constexpr int kOffers = 30;  // More than have room.

  void BeginFull(FullQueue when_full) {
    Begin({.when_full = when_full, .max_bytes = kMaxBytes});
    for (int i = 0; i < kOffers && !stats().holds_up; ++i) {
      if (TurnedAway() > 0) break;
      Offer(Large());
    }
  }

  BatchView Large() {
    const std::string digits(100'000, '7');
    return WholeView(JsonBatch({digits}));
  }
  uint64_t TurnedAway() const { return life_->policy.turned_away_events(); }
};

TEST_F(FullSpillQueueTest, HoldsNoMoreThanItMay) {
  BeginFull(FullQueue::kBlock);
  EXPECT_TRUE(stats().holds_up);
  EXPECT_LE(stats().bytes, kMaxBytes + 200'000);
  EXPECT_GE(stats().waiting, 8u);
  EXPECT_LE(stats().waiting, 11u);
}

TEST_F(FullSpillQueueTest, LetsWaitWhatIsToBlock) {
  BeginFull(FullQueue::kBlock);
  const OutcomeRecorder waiting = Offer("1");
  life_->DeliverAll();
  EXPECT_FALSE(stats().holds_up);
  EXPECT_EQ(waiting.calls(), 1u);
  EXPECT_EQ(stats().given_up, 0u);
  ExpectBooksClosed();
}

TEST_F(FullSpillQueueTest, LetsACallerGoThatItHoldsBackWhenItStops) {
  BeginFull(FullQueue::kBlock);
  OutcomeRecorder held;
  std::thread lane([&] { life_->queue.Offer(Large(), held.Callback()); });
  life_->queue.Stop();
  lane.join();
  EXPECT_THAT(held.names(), ElementsAre("retry"));
}

TEST_F(FullSpillQueueTest, TurnsAwayForTheDeadLetters) {
  BeginFull(FullQueue::kDeadLetter);
  const OutcomeRecorder turned_away = Offer(Large());
  EXPECT_THAT(turned_away.names(), ElementsAre("rejected"));
  EXPECT_THAT(std::string(turned_away.outcome().details()[0].status.message()),
              HasSubstr("queue of sink 's' is full: "));
  life_->DeliverAll();
  ExpectBooksClosed();
}

TEST_F(FullSpillQueueTest, DropsTheNewest) {
  BeginFull(FullQueue::kDropNewest);
  const uint64_t before = TurnedAway();
  EXPECT_THAT(Offer(Large()).names(), ElementsAre("dropped"));
  EXPECT_EQ(TurnedAway(), before + 1);
  life_->DeliverAll();
  ExpectBooksClosed();
}

TEST_F(FullSpillQueueTest, DropsTheOldestAndCountsThem) {
  BeginFull(FullQueue::kDropOldest);
  EXPECT_LE(stats().bytes, kMaxBytes + 200'000);
  life_->DeliverAll();
  EXPECT_EQ(stats().spilled, uint64_t{kOffers});
  EXPECT_GT(stats().given_up, 10u);
  EXPECT_EQ(stats().damaged, 0u);
  EXPECT_GE(stats().delivered, 8u);
  ExpectBooksClosed();
}

TEST_F(FullSpillQueueTest, CountsWhatItHasDroppedBeforeAnybodyReadsOn) {
  BeginFull(FullQueue::kDropOldest);
  EXPECT_GT(stats().given_up, 10u);
  EXPECT_EQ(stats().given_up + stats().waiting, uint64_t{kOffers});
  EXPECT_EQ(stats().unaccounted(), 0);
}

TEST_F(FullSpillQueueTest, LeavesToTheNextRunWhatItSaysIsWaiting) {
  BeginFull(FullQueue::kDropOldest);
  // What is in memory was dropped from disk, and this run ends.
  life_->queue.Stop();
  while (memory().size() > 0) memory().Settle(Outcome::kRetry);
  ASSERT_TRUE(life_->queue.Close().ok());
  const SpillQueue::Stats before = stats();
  EXPECT_EQ(before.unaccounted(), 0);
  Begin({.when_full = FullQueue::kDropOldest, .max_bytes = kMaxBytes});
  EXPECT_EQ(stats().found, before.waiting);
  life_->DeliverAll();
  EXPECT_EQ(stats().delivered, before.waiting);
  ExpectBooksClosed();
}

}  // namespace
}  // namespace phoenix
