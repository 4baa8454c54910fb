#include "tools/phoenix/processing_lane.h"

#include <future>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"
#include "tools/phoenix/testing/small_pipeline.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Says when it has been offered something, on the lane's thread.
class AwaitedSinkPort : public FakeSinkPort {
 public:
  using FakeSinkPort::FakeSinkPort;
  void Offer(BatchView view, SettleCallback settle) override {
    FakeSinkPort::Offer(std::move(view), std::move(settle));
    offered_.set_value();
  }
  void Await() { offered_.get_future().wait(); }

 private:
  std::promise<void> offered_;
};

// What the lane has done is read when it has stopped.
class ProcessingLaneTest : public ::testing::Test {
 protected:
  ProcessingLaneTest()
      : lane_("lane 0", {.steps = steps_,
                         .routes = routes_,
                         .rules = small_.pipeline->rules,
                         .sinks = {{&out_, {}}, {&dead_, {}}},
                         .dead_letters = dead_letters_,
                         .clock = Clock::System(),
                         .max_bytes = 1 << 20}) {}

  absl::Status Offer(const std::vector<std::string>& payloads) {
    return lane_.sender()->Offer(WholeView(JsonBatch(payloads)),
                                 recorder_.Callback());
  }

  SmallPipeline small_;
  StepChain steps_{small_.pipeline->steps, nullptr, Clock::System()};
  RouteTable routes_{small_.pipeline->routes, 2};
  AwaitedSinkPort out_{"out"};
  FakeSinkPort dead_{"dead"};
  FakeDeadLetters dead_letters_;
  OutcomeRecorder recorder_;
  ProcessingLane lane_;
};

TEST_F(ProcessingLaneTest, RunsStepsAndRoutesOverABatch) {
  ASSERT_TRUE(Offer({"1", "\"drop\"", "\"fail\""}).ok());
  out_.Await();
  lane_.Stop();
  ASSERT_EQ(out_.views.size(), 1u);
  EXPECT_THAT(out_.views[0].rows, ElementsAre(0));
  EXPECT_THAT(dead_.views, IsEmpty());
  ASSERT_EQ(dead_letters_.posted.size(), 1u);
  EXPECT_EQ(dead_letters_.posted[0].row, 2u);
}

TEST_F(ProcessingLaneTest, RunsWhatAStepMadeFromTheGivenStepOn) {
  OutcomeRecorder made;
  ASSERT_TRUE(lane_
                  .RunMade(/*first_step=*/1, WholeView(JsonBatch({"\"drop\""})),
                           made.Callback())
                  .ok());
  lane_.Stop();
  ASSERT_EQ(out_.views.size(), 1u);
  EXPECT_EQ(made.calls(), 0u);
  out_.Settle(0, Outcome::kDelivered);
  EXPECT_THAT(made.names(), ElementsAre("delivered"));
}

TEST_F(ProcessingLaneTest, TakesNothingOnceStopped) {
  lane_.Stop();
  EXPECT_FALSE(Offer({"1"}).ok());
  EXPECT_FALSE(
      lane_.RunMade(0, WholeView(JsonBatch({"1"})), recorder_.Callback()).ok());
  EXPECT_EQ(recorder_.calls(), 0u);
}

}  // namespace
}  // namespace phoenix
