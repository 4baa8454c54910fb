#include "libs/telemetry/sink_queue_metrics.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(SinkQueueMetricsTest, PublishesItsBoundAndZerosFromTheStart) {
  MetricsRegistry registry;
  const SinkQueueMetrics metrics(registry, "alerts", 4096);
  const MetricsSnapshot snapshot = registry.Snapshot();
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueMaxSizeBytes), 4096);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueSpilledEvents), 0);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueSettledEvents), 0);
}

TEST(SinkQueueMetricsTest, CountsTheGrowthAndShowsTheMoment) {
  MetricsRegistry registry;
  SinkQueueMetrics metrics(registry, "alerts", 4096);
  metrics.Publish({.spilled = 10, .delivered = 3, .waiting = 7});
  metrics.Publish({.spilled = 12,
                   .delivered = 5,
                   .dead_lettered = 1,
                   .missing = 2,
                   .turned_away = 4,
                   .waiting = 4,
                   .size_bytes = 100,
                   .lag_seconds = 1.5,
                   .refuses = true});
  const MetricsSnapshot snapshot = registry.Snapshot();
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueSpilledEvents), 12);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueSettledEvents), 6);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueMissingEvents), 2);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueTurnedAwayEvents), 4);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueWaitingEvents), 4);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueSizeBytes), 100);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueLag), 1.5);
  EXPECT_EQ(snapshot.Sum(metric::kSinkQueueRefusing), 1);
}

}  // namespace
}  // namespace phoenix
