#include "libs/telemetry/metrics_snapshot.h"

#include "gtest/gtest.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

MetricLabels Component(const std::string& kind, const std::string& name) {
  return {{label::kComponentKind, kind}, {label::kComponentName, name}};
}

// Two sinks and a source have sent 10, 20 and 40 events.
MetricsSnapshot ThreeComponents() {
  MetricsRegistry registry;
  const MetricSpec& sent = metric::kComponentSentEvents;
  registry.AddCounter(sent, Component("sink", "a")).Add(10);
  registry.AddCounter(sent, Component("sink", "b")).Add(20);
  registry.AddCounter(sent, Component("source", "c")).Add(40);
  return registry.Snapshot();
}

TEST(MetricsSnapshotTest, SumsOverTheLabelsThatAreNotGiven) {
  const MetricsSnapshot snapshot = ThreeComponents();
  EXPECT_EQ(snapshot.Sum(metric::kComponentSentEvents), 70);
  EXPECT_EQ(snapshot.Sum(metric::kComponentSentEvents,
                         {{label::kComponentKind, "sink"}}),
            30);
}

TEST(MetricsSnapshotTest, SumByTellsTheComponentsApart) {
  const auto sums = ThreeComponents().SumBy(metric::kComponentSentEvents,
                                            label::kComponentName,
                                            {{label::kComponentKind, "sink"}});
  const std::map<std::string, double> expected = {{"a", 10}, {"b", 20}};
  EXPECT_EQ(sums, expected);
}

TEST(MetricsSnapshotTest, WhatIsNotThereIsZero) {
  const MetricsSnapshot snapshot = ThreeComponents();
  EXPECT_EQ(snapshot.Sum(metric::kComponentReceivedEvents), 0);
  EXPECT_EQ(
      snapshot.Sum(metric::kComponentSentEvents, {{label::kPipeline, "x"}}), 0);
  EXPECT_EQ(snapshot.Merged(metric::kPipelineDeliveryDuration).count, 0u);
}

TEST(MetricsSnapshotTest, StaysAsItWasTaken) {
  MetricsRegistry registry;
  const Gauge gauge = registry.AddGauge(metric::kBufferSizeEvents, {});
  gauge.Set(1);
  const MetricsSnapshot snapshot = registry.Snapshot();
  gauge.Set(2);
  EXPECT_EQ(snapshot.Sum(metric::kBufferSizeEvents), 1);
}

TEST(MetricsSnapshotTest, MergesHistogramsOfSeveralPipelines) {
  MetricsRegistry registry;
  const MetricSpec& duration = metric::kPipelineDeliveryDuration;
  registry.AddHistogram(duration, {{label::kPipeline, "a"}}).Observe(0.001, 3);
  registry.AddHistogram(duration, {{label::kPipeline, "b"}}).Observe(2.0);
  const HistogramValue merged = registry.Snapshot().Merged(duration);
  EXPECT_EQ(merged.count, 4u);
  EXPECT_EQ(merged.buckets[0], 3u);
  EXPECT_DOUBLE_EQ(registry.Snapshot().Sum(duration), 2.003);
}

TEST(HistogramValueTest, QuantilesInterpolateWithinABucket) {
  HistogramValue value;
  value.count = 100;
  value.buckets.assign(DurationBuckets().size() + 1, 0);
  value.buckets[0] = 50;
  value.buckets[1] = 50;
  EXPECT_DOUBLE_EQ(value.Quantile(0.25), 0.0025);
  EXPECT_DOUBLE_EQ(value.Quantile(0.5), 0.005);
  EXPECT_DOUBLE_EQ(value.Quantile(0.75), 0.0075);
  EXPECT_DOUBLE_EQ(value.Quantile(1.0), 0.01);
}

TEST(HistogramValueTest, WhatPassesEveryBoundIsTakenAtTheLast) {
  HistogramValue value;
  value.count = 1;
  value.buckets.assign(DurationBuckets().size() + 1, 0);
  value.buckets.back() = 1;
  EXPECT_DOUBLE_EQ(value.Quantile(0.99), 10.0);
}

TEST(HistogramValueTest, WithoutObservationsEveryQuantileIsZero) {
  EXPECT_EQ(HistogramValue().Quantile(0.5), 0);
}

}  // namespace
}  // namespace phoenix
