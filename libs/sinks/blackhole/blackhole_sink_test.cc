#include "libs/sinks/blackhole/blackhole_sink.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BlackholeFixture : public SinkFixture {
 public:
  std::unique_ptr<Sink> MakeSink() override {
    return std::make_unique<BlackholeSink>(BlackholeSink::Options(), clock_,
                                           [](absl::Duration) {});
  }
  std::vector<std::string> Arrived() override { return {}; }

 private:
  FakeClock clock_;
};

const bool kRegistered = RegisterSinkSuite(
    {.name = "Blackhole",
     .make_fixture = [] { return std::make_unique<BlackholeFixture>(); },
     .keeps_events = false});

class BlackholeSinkTest : public testing::Test {
 protected:
  void Write(Sink& sink, int rows) {
    const std::vector<std::string> payloads(rows, "12345");
    sink.Write(AllOf(MakeBatch(payloads)), OutcomeRecorder().Callback());
  }

  BlackholeSink MakeSink(int64_t rate) {
    return BlackholeSink({.rate = rate}, clock_, [this](absl::Duration delay) {
      slept_.push_back(delay);
      clock_.Advance(delay);
    });
  }

  FakeClock clock_;
  std::vector<absl::Duration> slept_;
};

TEST_F(BlackholeSinkTest, CountsWhatItForgets) {
  BlackholeSink sink = MakeSink(0);
  ASSERT_TRUE(sink.Open().ok());
  Write(sink, 3);
  EXPECT_THAT(sink.Report(),
              ElementsAre("3 events of 15 payload bytes forgotten"));
  EXPECT_THAT(slept_, IsEmpty());
  EXPECT_EQ(sink.guarantee(), DeliveryGuarantee::kAtMostOnce);
}

TEST_F(BlackholeSinkTest, TakesEventsAtItsRate) {
  BlackholeSink sink = MakeSink(100);
  ASSERT_TRUE(sink.Open().ok());
  Write(sink, 50);
  clock_.Advance(absl::Milliseconds(100));
  Write(sink, 10);
  EXPECT_THAT(slept_,
              ElementsAre(absl::Milliseconds(500), absl::Milliseconds(100)));
}

TEST_F(BlackholeSinkTest, SettlesWhenTheTimeOfTheRowsHasPassed) {
  OutcomeRecorder recorder;
  size_t settled_before = 0;
  BlackholeSink sink({.rate = 100}, clock_, [&](absl::Duration delay) {
    settled_before += recorder.calls();
    clock_.Advance(delay);
  });
  ASSERT_TRUE(sink.Open().ok());
  const std::vector<std::string> payloads = {"1", "2"};
  sink.Write(AllOf(MakeBatch(payloads)), recorder.Callback());
  EXPECT_EQ(settled_before, 0u);
  EXPECT_EQ(recorder.calls(), 1u);
}

TEST_F(BlackholeSinkTest, GivesBackWhatItHasNotTakenWhenItIsCancelled) {
  BlackholeSink sink({.name = "slow", .rate = 2}, clock_,
                     [&](absl::Duration delay) {
                       clock_.Advance(delay);
                       slept_.push_back(delay);
                       if (slept_.size() == 2) sink.Cancel();
                     });
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder first;
  OutcomeRecorder second;
  const std::vector<std::string> payloads(4, "1");
  sink.Write(AllOf(MakeBatch(payloads)), first.Callback());
  sink.Write(AllOf(MakeBatch(payloads)), second.Callback());
  EXPECT_THAT(first.names(),
              ElementsAre("delivered", "delivered", "retry", "retry"));
  EXPECT_TRUE(absl::IsCancelled(first.outcome().details().at(0).status));
  EXPECT_EQ(first.outcome().details().at(0).component, "slow");
  EXPECT_THAT(second.names(), Each("retry"));
  EXPECT_THAT(slept_, SizeIs(2));
  EXPECT_THAT(sink.Report(),
              ElementsAre("2 events of 2 payload bytes forgotten"));
}

TEST_F(BlackholeSinkTest, TakesEverythingWithoutARateEvenWhenItIsCancelled) {
  BlackholeSink sink = BlackholeSink({}, clock_, [](absl::Duration) {});
  sink.Cancel();
  Write(sink, 3);
  EXPECT_THAT(sink.Report(),
              ElementsAre("3 events of 15 payload bytes forgotten"));
}

}  // namespace
}  // namespace phoenix
