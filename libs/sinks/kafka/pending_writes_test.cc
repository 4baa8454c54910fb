#include "libs/sinks/kafka/pending_writes.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

EventBatchPtr ThreeRows() {
  return MakeBatch({std::string("1"), std::string("2"), std::string("3")});
}

TEST(PendingWritesTest, SettlesRowsInAnyOrder) {
  PendingWrites writes;
  OutcomeRecorder recorder;
  PendingWrite* const write =
      writes.Add({ThreeRows(), {0, 2}}, "out", recorder.Callback());
  EXPECT_EQ(write->rows(), (Selection{0, 2}));
  writes.Settle(write->row(1), Outcome::kRejected,
                absl::InvalidArgumentError("no"));
  EXPECT_EQ(recorder.calls(), 0u);
  writes.Settle(write->row(0), Outcome::kDelivered);
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "pending", "rejected"));
  EXPECT_EQ(recorder.outcome().details()[0].component, "out");
}

TEST(PendingWritesTest, KeepsABatchAliveUntilItsLastRow) {
  PendingWrites writes;
  EventBatchPtr batch = ThreeRows();
  const std::weak_ptr<const EventBatch> alive = batch;
  OutcomeRecorder recorder;
  PendingWrite* const write =
      writes.Add(AllOf(std::move(batch)), "out", recorder.Callback());
  EXPECT_GE(writes.memory_bytes(), write->batch().memory_bytes());
  writes.Settle(write->row(2), Outcome::kDelivered);
  writes.Settle(write->row(0), Outcome::kDelivered);
  EXPECT_FALSE(alive.expired());
  EXPECT_FALSE(writes.empty());
  writes.Settle(write->row(1), Outcome::kDelivered);
  EXPECT_TRUE(alive.expired());
  EXPECT_TRUE(writes.empty());
  EXPECT_EQ(writes.memory_bytes(), 0u);
}

TEST(PendingWritesTest, SettlesAViewWithoutRowsAtOnce) {
  PendingWrites writes;
  OutcomeRecorder recorder;
  EXPECT_EQ(writes.Add({ThreeRows(), {}}, "out", recorder.Callback()), nullptr);
  EXPECT_EQ(recorder.calls(), 1u);
  EXPECT_TRUE(writes.empty());
}

}  // namespace
}  // namespace phoenix
