#include "libs/component/sink_decorators/decorate_sink.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_sink.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

class DecorateSinkTest : public testing::Test {
 protected:
  DecorateSinkTest() {
    auto fake = std::make_unique<FakeSink>();
    fake_ = fake.get();
    sink_ = DecorateSink(std::move(fake), {.retry = {.name = "out"},
                                           .metrics = metrics_,
                                           .monitor = monitor_,
                                           .clock = Clock::System(),
                                           .stop = stop_});
    EXPECT_TRUE(sink_->Open().ok());
  }

  OutcomeRecorder Write(const std::vector<std::string>& payloads) {
    OutcomeRecorder recorder;
    sink_->Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    return recorder;
  }

  MetricsRegistry registry_;
  ComponentMetrics metrics_{
      registry_, {.kind = ComponentKind::kSink, .type = "fake", .name = "out"}};
  HealthRegistry health_;
  SinkMonitor monitor_{metrics_.id(), registry_, health_};
  StopSignal stop_;
  FakeSink* fake_;
  std::unique_ptr<Sink> sink_;
};

TEST_F(DecorateSinkTest, CountsWhatIsSent) {
  Write({"12345", "123"});
  EXPECT_EQ(metrics_.received_events(), 2u);
  EXPECT_EQ(metrics_.received_bytes(), 8u);
  EXPECT_EQ(metrics_.sent_events(), 2u);
  EXPECT_EQ(metrics_.sent_bytes(), 8u);
  EXPECT_EQ(metrics_.failed_events(), 0u);
}

TEST_F(DecorateSinkTest, CountsRowsByWhatBecameOfThem) {
  fake_->answers.push_back({.outcome = Outcome::kRejected,
                            .why = absl::InvalidArgumentError("bad"),
                            .applies = [](uint32_t row) { return row == 1; }});
  const OutcomeRecorder recorder = Write({"12345", "123", "1"});
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_EQ(metrics_.sent_events(), 2u);
  EXPECT_EQ(metrics_.sent_bytes(), 6u);
  EXPECT_EQ(metrics_.failed_events(), 1u);
}

TEST_F(DecorateSinkTest, CountsOnlyAtTheEndOfAllAttempts) {
  stop_.Stop();  // So that nothing waits.
  fake_->answers.push_back(
      {.outcome = Outcome::kRetry, .why = absl::UnavailableError("down")});
  const OutcomeRecorder recorder = Write({"1"});
  EXPECT_THAT(recorder.names(), ElementsAre("retry"));
  EXPECT_EQ(metrics_.received_events(), 1u);
  EXPECT_EQ(metrics_.sent_events(), 0u);
  EXPECT_EQ(metrics_.failed_events(), 1u);
  EXPECT_EQ(registry_.Snapshot().Sum(metric::kSinkFailedWriteAttempts), 1);
}

TEST_F(DecorateSinkTest, PassesTheRestThrough) {
  sink_->Flush();
  EXPECT_EQ(fake_->flushes, 1);
  sink_->Cancel();
  EXPECT_TRUE(fake_->cancelled);
  EXPECT_THAT(sink_->Report(), ElementsAre("fake"));
  EXPECT_TRUE(sink_->Close().ok());
  EXPECT_FALSE(fake_->open);
}

}  // namespace
}  // namespace phoenix
