#include "libs/base/mutex.h"

#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(MutexTest, LetsOneThreadInAtATime) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 1'000;
  Mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, kThreads * kRounds);
}

TEST(CondVarTest, WakesWhoeverWaits) {
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  bool seen = false;
  std::thread waiter([&] {
    MutexLock lock(mutex);
    while (!ready) changed.Wait(mutex);
    seen = true;
  });
  {
    MutexLock lock(mutex);
    ready = true;
    changed.NotifyAll();
  }
  waiter.join();
  EXPECT_TRUE(seen);
}

TEST(CondVarTest, HoldsTheMutexAgainAfterATimeout) {
  Mutex mutex;
  CondVar never;
  bool free = false;
  std::thread other;
  {
    MutexLock lock(mutex);
    EXPECT_FALSE(never.WaitFor(mutex, std::chrono::nanoseconds(1)));
    other = std::thread([&] {
      MutexLock inner(mutex);
      free = true;
    });
    EXPECT_FALSE(free);
  }
  other.join();
  EXPECT_TRUE(free);
}

}  // namespace
}  // namespace phoenix
