#include "libs/engine/reject_to_dead_letters.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RejectToDeadLettersTest : public ::testing::Test {
 protected:
  void Answer(const BatchOutcome& outcome) {
    RejectToDeadLetters({"out", {7, 3}}, JsonBatch({"1", "2", "3"}),
                        dead_letters_, recorder_.Callback())(outcome);
  }

  FakeDeadLetters dead_letters_;
  OutcomeRecorder recorder_;
};

TEST_F(RejectToDeadLettersTest, PassesOnWhatHasNoRejectedRow) {
  BatchOutcome outcome(3, Outcome::kDelivered);
  outcome.Merge(1, Outcome::kRetry);
  Answer(outcome);
  EXPECT_THAT(recorder_.names(),
              ElementsAre("delivered", "retry", "delivered"));
  EXPECT_THAT(dead_letters_.posted, IsEmpty());
}

TEST_F(RejectToDeadLettersTest, MakesRejectedRowsDeadLettersWithTheirReason) {
  BatchOutcome outcome(3, Outcome::kDelivered);
  outcome.Merge({0, 2}, Outcome::kRejected);
  outcome.AddDetail({0, "out", absl::NotFoundError("no such topic")});
  Answer(outcome);
  EXPECT_THAT(recorder_.names(),
              ElementsAre("dead_lettered", "delivered", "dead_lettered"));
  ASSERT_EQ(dead_letters_.posted.size(), 2u);
  EXPECT_EQ(dead_letters_.posted[0].component, "out");
  EXPECT_EQ(dead_letters_.posted[0].position.line, 7);
  EXPECT_EQ(dead_letters_.posted[0].status.message(), "no such topic");
  EXPECT_EQ(dead_letters_.posted[1].status.code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace phoenix
