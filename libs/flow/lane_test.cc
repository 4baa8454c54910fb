#include "libs/flow/lane.h"

#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"

namespace phoenix::flow {
namespace {

// Blocks one thread until another opens it.
class Gate {
 public:
  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    MutexLock lock(mutex_);
    while (!open_) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
};

TEST(LaneTest, RunsTasksInOrderOnOneThread) {
  Lane lane({});
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(lane.Run([&, i] {
                      order.push_back(i);
                      threads.push_back(std::this_thread::get_id());
                    })
                    .ok());
  }
  lane.Drain();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
  for (auto id : threads) EXPECT_EQ(id, threads[0]);
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST(LaneTest, WakesUpAgainAfterItHasSlept) {
  Lane lane({});
  for (int i = 0; i < 100; ++i) {
    Gate done;
    ASSERT_TRUE(lane.Run([&] { done.Open(); }).ok());
    done.Wait();
  }
}

TEST(LaneTest, TakesAsManyTasksAsItMayAndNotOneMore) {
  Gate started, release;  // Outlive the lane, whose thread waits at them.
  Lane lane({.name = "lane 0", .max_tasks = 3});
  ASSERT_TRUE(lane.Run([&] {
                    started.Open();
                    release.Wait();
                  })
                  .ok());
  started.Wait();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lane.Run([] {}).ok());
  const absl::Status refused = lane.Run([] {});
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_EQ(refused.message(), "lane 'lane 0' has 3 tasks waiting, at most 3");
  release.Open();
}

TEST(LaneTest, RunsWhatWaitsBeforeItHasDrained) {
  Gate release;
  int runs = 0;
  Lane lane({});
  ASSERT_TRUE(lane.Run([&] { release.Wait(); }).ok());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(lane.Run([&] { ++runs; }).ok());
  release.Open();
  lane.Drain();
  EXPECT_EQ(runs, 10);
  EXPECT_TRUE(absl::IsFailedPrecondition(lane.Run([] {})));
}

TEST(LaneTest, DestroysWhatWaitsUnrunWhenItStops) {
  auto held = std::make_shared<int>(0);
  Gate started, release;
  Lane lane({});
  ASSERT_TRUE(lane.Run([&] {
                    started.Open();
                    release.Wait();
                  })
                  .ok());
  started.Wait();
  bool ran = false;
  ASSERT_TRUE(lane.Run([held, &ran] { ran = true; }).ok());
  lane.RunAfter(absl::Hours(1), [held] {});
  std::thread stopper([&] { lane.Stop(); });
  while (!absl::IsFailedPrecondition(lane.Run([] {}))) {
    std::this_thread::yield();
  }
  release.Open();
  stopper.join();
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(LaneTest, RunsTimersByTheTimeTheyAreDue) {
  FakeClock clock;
  Gate both_set, done;
  std::vector<int> order;
  Lane lane({}, clock);
  ASSERT_TRUE(lane.Run([&] { both_set.Wait(); }).ok());
  lane.RunAfter(absl::Milliseconds(2), [&] {
    order.push_back(2);
    done.Open();
  });
  lane.RunAfter(absl::Milliseconds(1), [&] { order.push_back(1); });
  clock.Advance(absl::Milliseconds(2));
  both_set.Open();
  done.Wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(LaneTest, LetsATaskGiveItMoreTasks) {
  Gate done;
  Lane lane({});
  ASSERT_TRUE(
      lane.Run([&] { ASSERT_TRUE(lane.Run([&] { done.Open(); }).ok()); }).ok());
  done.Wait();
}

}  // namespace
}  // namespace phoenix::flow
