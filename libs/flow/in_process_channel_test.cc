#include "libs/flow/in_process_channel.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
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

namespace phoenix::flow {
namespace {

// Delivers each batch at once, or keeps it until it is told.
class TestHandler : public BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    {
      MutexLock lock(mutex_);
      payloads_.push_back(std::string(view.batch->payload(0)));
      threads_.push_back(std::this_thread::get_id());
      if (holding_) {
        held_.push_back({std::move(view), std::move(settle)});
        changed_.NotifyAll();
        return;
      }
    }
    settle(BatchOutcome(view.batch->size(), Outcome::kDelivered));
  }

  void Hold() {
    MutexLock lock(mutex_);
    holding_ = true;
  }

  void AwaitHeld(size_t count) {
    MutexLock lock(mutex_);
    while (held_.size() < count) changed_.Wait(mutex_);
  }

  void SettleFirst() {
    std::pair<BatchView, SettleCallback> first;
    {
      MutexLock lock(mutex_);
      first = std::move(held_.front());
      held_.erase(held_.begin());
    }
    first.second(BatchOutcome(first.first.batch->size(), Outcome::kDelivered));
  }

  std::vector<std::string> payloads() {
    MutexLock lock(mutex_);
    return payloads_;
  }
  std::vector<std::thread::id> threads() {
    MutexLock lock(mutex_);
    return threads_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> payloads_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread::id> threads_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<BatchView, SettleCallback>> held_
      ABSL_GUARDED_BY(mutex_);
};

class InProcessChannelTest : public testing::Test {
 protected:
  std::shared_ptr<Sender> NewSender(SenderOptions options = {}) {
    return Sender::Create(std::move(options),
                          {connector_, lane_, Clock::System(), ++seed_});
  }

  // Waits until everything that `sender` took is settled.
  void Drain(Sender& sender) {
    Mutex mutex;
    CondVar changed;
    bool done = false;
    sender.Drain([&] {
      MutexLock lock(mutex);
      done = true;
      changed.NotifyAll();
    });
    MutexLock lock(mutex);
    while (!done) changed.Wait(mutex);
  }

  TestHandler handler_;
  Lane lane_{{}};
  std::shared_ptr<Receiver> receiver_ = Receiver::Create(
      {.name = "lane", .credit = {.bytes = 1 << 20, .count = 2}},
      {handler_, lane_, "first"});
  InProcessConnector connector_{receiver_, lane_};
  uint64_t seed_ = 0;
};

TEST_F(InProcessChannelTest, HandsBatchesOverInOrderAndSettlesThem) {
  auto sender = NewSender({.max_held = {.bytes = 1 << 20, .count = 100}});
  int settled = 0;
  std::vector<std::string> sent;
  for (int i = 0; i < 100; ++i) {
    sent.push_back(std::to_string(i));
    ASSERT_TRUE(sender
                    ->Offer(MakeTestBatch({sent.back()}),
                            [&](const BatchOutcome& outcome) {
                              settled += outcome.at(0) == Outcome::kDelivered;
                            })
                    .ok());
  }
  Drain(*sender);
  EXPECT_EQ(settled, 100);
  EXPECT_EQ(handler_.payloads(), sent);
}

TEST_F(InProcessChannelTest, PassesTheBatchItselfNotACopy) {
  handler_.Hold();
  auto sender = NewSender();
  BatchView view = MakeTestBatch(1);
  const EventBatch* batch = view.batch.get();
  std::weak_ptr<const EventBatch> watched = view.batch;
  ASSERT_TRUE(sender->Offer(std::move(view), [](const auto&) {}).ok());
  handler_.AwaitHeld(1);
  EXPECT_EQ(watched.lock().get(), batch);
  handler_.SettleFirst();
  EXPECT_TRUE(watched.expired());
}

TEST_F(InProcessChannelTest, RunsTheHandlerOnTheLaneOnly) {
  auto sender = NewSender();
  ASSERT_TRUE(sender->Offer(MakeTestBatch(1), [](const auto&) {}).ok());
  Drain(*sender);
  EXPECT_NE(handler_.threads()[0], std::this_thread::get_id());
}

TEST_F(InProcessChannelTest, NeverRunsTheHandlerOnAThreadThatSettles) {
  constexpr int kBatches = 2000;
  handler_.Hold();
  auto sender = NewSender({.max_held = {.bytes = 64 << 20, .count = kBatches}});
  std::thread settler([this] {
    for (int i = 0; i < kBatches; ++i) {
      handler_.AwaitHeld(1);
      handler_.SettleFirst();
    }
  });
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(sender->Offer(MakeTestBatch(1), [](const auto&) {}).ok());
  }
  Drain(*sender);
  settler.join();
  const std::vector<std::thread::id> threads = handler_.threads();
  for (std::thread::id thread : threads) ASSERT_EQ(thread, threads[0]);
}

TEST_F(InProcessChannelTest, SendsNoMoreThanTheCreditAndHoldsNoMoreThanItMay) {
  handler_.Hold();
  auto sender = NewSender({.max_held = {.bytes = 1 << 20, .count = 3}});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(sender->Offer(MakeTestBatch(1), [](const auto&) {}).ok());
  }
  handler_.AwaitHeld(2);
  EXPECT_EQ(handler_.payloads().size(), 2u);
  BatchView view = MakeTestBatch(1);
  SettleCallback settle = [](const auto&) {};
  EXPECT_TRUE(absl::IsResourceExhausted(
      sender->Offer(std::move(view), std::move(settle))));
  EXPECT_NE(view.batch, nullptr) << "a refused batch stays with the caller";
  bool ready = false;
  sender->WhenReady([&] { ready = true; });
  EXPECT_FALSE(ready);
  handler_.SettleFirst();
  EXPECT_TRUE(ready);
  handler_.AwaitHeld(2);
  EXPECT_TRUE(sender->Offer(std::move(view), std::move(settle)).ok());
  for (int i = 0; i < 3; ++i) {
    handler_.AwaitHeld(1);
    handler_.SettleFirst();
  }
  Drain(*sender);
}

TEST_F(InProcessChannelTest, ServesManySendersOnManyThreads) {
  constexpr int kThreads = 4, kBatches = 500;
  std::atomic<int> settled = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    auto sender =
        NewSender({.max_held = {.bytes = 1 << 20, .count = kBatches}});
    threads.emplace_back([&, sender] {
      for (int i = 0; i < kBatches; ++i) {
        ASSERT_TRUE(
            sender->Offer(MakeTestBatch(1), [&](const auto&) { ++settled; })
                .ok());
      }
      Drain(*sender);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(settled, kThreads * kBatches);
  EXPECT_EQ(receiver_->stats().received_batches, kThreads * kBatches);
  EXPECT_EQ(receiver_->stats().unanswered.count, 0);
}

TEST_F(InProcessChannelTest, OneSenderMayBeSharedByThreads) {
  constexpr int kThreads = 4, kBatches = 500;
  std::atomic<int> settled = 0;
  auto sender = NewSender(
      {.max_held = {.bytes = 64 << 20, .count = kThreads * kBatches}});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kBatches; ++i) {
        ASSERT_TRUE(
            sender->Offer(MakeTestBatch(1), [&](const auto&) { ++settled; })
                .ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Drain(*sender);
  EXPECT_EQ(settled, kThreads * kBatches);
}

TEST_F(InProcessChannelTest, GivesBatchesBackWhenTheLaneHasStopped) {
  handler_.Hold();
  auto sender = NewSender();
  int retried = 0;
  auto count = [&](const BatchOutcome& outcome) {
    retried += outcome.at(0) == Outcome::kRetry;
  };
  ASSERT_TRUE(sender->Offer(MakeTestBatch(1), count).ok());
  handler_.AwaitHeld(1);
  lane_.Stop();
  ASSERT_TRUE(sender->Offer(MakeTestBatch(1), count).ok());
  sender->Close(absl::CancelledError("over"));
  EXPECT_EQ(retried, 2);
  handler_.SettleFirst();
}

}  // namespace
}  // namespace phoenix::flow
