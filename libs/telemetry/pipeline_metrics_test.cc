#include "libs/telemetry/pipeline_metrics.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

class PipelineMetricsTest : public testing::Test {
 protected:
  const absl::Time now_ = absl::FromUnixMillis(1'700'000'000'250);
  MetricsRegistry registry_;
  PipelineMetrics metrics_{registry_, "shop"};
};

TEST_F(PipelineMetricsTest, PublishesEveryOutcomeAtZero) {
  const auto by_outcome = registry_.Snapshot().SumBy(
      metric::kPipelineSettledEvents, label::kOutcome);
  EXPECT_EQ(by_outcome.size(), static_cast<size_t>(kSettlementCount));
  for (const auto& [outcome, events] : by_outcome) EXPECT_EQ(events, 0);
}

TEST_F(PipelineMetricsTest, WhatIsSettledIsNoLongerInFlight) {
  metrics_.Received(100, 5000, now_);
  EXPECT_EQ(metrics_.in_flight_events(), 100u);
  metrics_.Settled(Settlement::kDelivered, 60);
  metrics_.Settled(Settlement::kFiltered, 30);
  EXPECT_EQ(metrics_.in_flight_events(), 10u);
  EXPECT_EQ(metrics_.received_events(), 100u);
  EXPECT_EQ(metrics_.received_bytes(), 5000u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kDelivered), 60u);
  EXPECT_EQ(metrics_.settled_events(Settlement::kFiltered), 30u);
}

TEST_F(PipelineMetricsTest, SettlementsCarryTheOutcomesName) {
  metrics_.Received(7, 70, now_);
  metrics_.Settled(Settlement::kDeadLettered, 7);
  EXPECT_EQ(registry_.Snapshot().Sum(metric::kPipelineSettledEvents,
                                     {{label::kPipeline, "shop"},
                                      {label::kOutcome, "dead_lettered"}}),
            7);
}

TEST_F(PipelineMetricsTest, PublishesWhenTheLastEventCame) {
  EXPECT_EQ(registry_.Snapshot().Sum(metric::kPipelineLastEventTimestamp), 0);
  metrics_.Received(1, 10, now_);
  EXPECT_DOUBLE_EQ(
      registry_.Snapshot().Sum(metric::kPipelineLastEventTimestamp),
      1'700'000'000.25);
}

TEST_F(PipelineMetricsTest, DeliveryCountsEventsNotBatches) {
  metrics_.ObserveDelivery(absl::Milliseconds(20), 1000);
  metrics_.ObserveDelivery(absl::Seconds(1), 0);
  const HistogramValue value = metrics_.delivery_duration();
  EXPECT_EQ(value.count, 1000u);
  EXPECT_NEAR(value.sum, 20.0, 1e-6);
}

TEST_F(PipelineMetricsTest, UnaccountedEventsShowWhatTheLedgerFound) {
  EXPECT_EQ(registry_.Snapshot().Sum(metric::kUnaccountedEvents), 0);
  metrics_.SetUnaccounted(-3);
  EXPECT_EQ(registry_.Snapshot().Sum(metric::kUnaccountedEvents), -3);
}

}  // namespace
}  // namespace phoenix
