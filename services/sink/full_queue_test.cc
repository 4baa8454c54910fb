#include "services/sink/full_queue.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/json_batch.h"
#include "services/sink/testing/fake_memory_queue.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FullQueuePolicyTest, LetsWaitWhereNothingNewIsTurnedAway) {
  EXPECT_TRUE(FullQueuePolicy("s", FullQueue::kBlock).waits());
  EXPECT_TRUE(FullQueuePolicy("s", FullQueue::kDropOldest).waits());
  EXPECT_FALSE(FullQueuePolicy("s", FullQueue::kDeadLetter).waits());
  EXPECT_FALSE(FullQueuePolicy("s", FullQueue::kDropNewest).waits());
}

TEST(FullQueuePolicyTest, GivesEachRowAReasonForItsDeadLetter) {
  FullQueuePolicy policy("alerts", FullQueue::kDeadLetter);
  OutcomeRecorder recorder;
  SettleCallback settle = recorder.Callback();
  policy.TurnAway({JsonBatch({"1", "2", "3"}), {0, 2}}, "1 of 1 bytes", settle);
  EXPECT_THAT(recorder.names(), ElementsAre("rejected", "pending", "rejected"));
  ASSERT_EQ(recorder.outcome().details().size(), 2u);
  const OutcomeDetail& why = recorder.outcome().details()[1];
  EXPECT_EQ(why.row, 2u);
  EXPECT_EQ(why.component, "alerts");
  EXPECT_EQ(GetErrorReason(why.status)->reason, "QUEUE_FULL");
  EXPECT_EQ(why.status.message(),
            "queue of sink 'alerts' is full: 1 of 1 bytes");
  EXPECT_EQ(policy.turned_away_events(), 2u);
}

TEST(SheddingPortTest, DropsWhatFindsNoRoom) {
  FakeMemoryQueue memory(1);
  FullQueuePolicy policy("s", FullQueue::kDropNewest);
  SheddingPort port("s", memory, policy);
  OutcomeRecorder first;
  OutcomeRecorder second;
  port.Offer(WholeView(JsonBatch({"1"})), first.Callback());
  port.OfferLater(WholeView(JsonBatch({"2"})), second.Callback());
  EXPECT_EQ(first.calls(), 0u);
  EXPECT_THAT(second.names(), ElementsAre("dropped"));
  EXPECT_EQ(policy.turned_away_events(), 1u);
  memory.Settle();
  EXPECT_THAT(first.names(), ElementsAre("delivered"));
  port.Offer(WholeView(JsonBatch({"3"})), [](const BatchOutcome&) {});
  EXPECT_EQ(memory.size(), 1u) << "there is room again";
}

}  // namespace
}  // namespace phoenix
