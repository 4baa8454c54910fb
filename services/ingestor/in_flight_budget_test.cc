#include "services/ingestor/in_flight_budget.h"

#include <thread>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(InFlightBudgetTest, AdmitsUpToItsBound) {
  InFlightBudget budget(100);
  EXPECT_TRUE(budget.TryTake(60));
  EXPECT_TRUE(budget.TryTake(40));
  EXPECT_FALSE(budget.TryTake(1));
  EXPECT_EQ(budget.used_bytes(), 100u);
}

TEST(InFlightBudgetTest, LetsAnOversizedBatchPassWhenIdle) {
  InFlightBudget budget(100);
  EXPECT_TRUE(budget.TryTake(1000));
  EXPECT_FALSE(budget.TryTake(1));
  budget.Give(1000);
  EXPECT_TRUE(budget.TryTake(1));
}

TEST(InFlightBudgetTest, RefusesAnOversizedBatchWhenNotIdle) {
  InFlightBudget budget(100);
  ASSERT_TRUE(budget.TryTake(1));
  EXPECT_FALSE(budget.TryTake(1000));
}

TEST(InFlightBudgetTest, CallsBackAtOnceWhenNothingIsInFlight) {
  InFlightBudget budget(100);
  bool called = false;
  budget.WhenRoom([&] { called = true; });
  EXPECT_TRUE(called);
}

TEST(InFlightBudgetTest, CallsBackOnceWhenHalfEmpty) {
  InFlightBudget budget(100);
  ASSERT_TRUE(budget.TryTake(40));
  ASSERT_TRUE(budget.TryTake(40));
  ASSERT_TRUE(budget.TryTake(20));
  int calls = 0;
  budget.WhenRoom([&] { ++calls; });
  budget.Give(40);
  EXPECT_EQ(calls, 0);
  budget.Give(20);
  EXPECT_EQ(calls, 1);
  budget.Give(40);
  EXPECT_EQ(calls, 1);
}

TEST(InFlightBudgetTest, CallbackMayTakeRoomItself) {
  InFlightBudget budget(100);
  ASSERT_TRUE(budget.TryTake(100));
  bool taken = false;
  budget.WhenRoom([&] { taken = budget.TryTake(50); });
  budget.Give(100);
  EXPECT_TRUE(taken);
  EXPECT_EQ(budget.used_bytes(), 50u);
}

TEST(InFlightBudgetTest, CountsWhatIsTakenWithoutAsking) {
  InFlightBudget budget(100);
  budget.Take(150);
  EXPECT_EQ(budget.used_bytes(), 150u);
  EXPECT_FALSE(budget.TryTake(1));
}

TEST(InFlightBudgetTest, WaitsForTheLastBatch) {
  InFlightBudget budget(100);
  ASSERT_TRUE(budget.TryTake(10));
  std::thread settler([&] { budget.Give(10); });
  EXPECT_TRUE(budget.WaitUntilIdle(absl::Seconds(30)));
  settler.join();
}

TEST(InFlightBudgetTest, GivesUpWaitingWhenTimeHasPassed) {
  InFlightBudget budget(100);
  ASSERT_TRUE(budget.TryTake(10));
  EXPECT_FALSE(budget.WaitUntilIdle(absl::ZeroDuration()));
}

}  // namespace
}  // namespace phoenix
