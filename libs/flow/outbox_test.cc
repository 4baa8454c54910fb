#include "libs/flow/outbox.h"

#include <atomic>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace phoenix::flow {
namespace {

TEST(OutboxTest, RunsNothingBeforeItIsFlushed) {
  Outbox outbox;
  int runs = 0;
  outbox.Add([&] { ++runs; });
  EXPECT_EQ(runs, 0);
  outbox.Flush();
  EXPECT_EQ(runs, 1);
  outbox.Flush();
  EXPECT_EQ(runs, 1);
}

TEST(OutboxTest, KeepsTheOrderWhenAnActionAddsAndFlushes) {
  Outbox outbox;
  std::vector<int> order;
  outbox.Add([&] {
    outbox.Add([&] { order.push_back(3); });
    outbox.Flush();
    order.push_back(1);
  });
  outbox.Add([&] { order.push_back(2); });
  outbox.Flush();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(OutboxTest, RunsOneActionAtATimeWhateverThreadsFlush) {
  Outbox outbox;
  std::atomic<int> inside = 0, overlaps = 0;
  int runs = 0;  // Unprotected on purpose: TSan sees an overlap.
  auto work = [&] {
    for (int i = 0; i < 1000; ++i) {
      outbox.Add([&] {
        if (++inside > 1) ++overlaps;
        ++runs;
        --inside;
      });
      outbox.Flush();
    }
  };
  std::thread first(work), second(work);
  first.join();
  second.join();
  outbox.Flush();
  EXPECT_EQ(runs, 2000);
  EXPECT_EQ(overlaps, 0);
}

}  // namespace
}  // namespace phoenix::flow
