#include "libs/telemetry/metrics.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const MetricLabels kHttp = {{label::kComponentName, "door"},
                            {label::kComponentType, "http"}};

TEST(MetricsTest, PublishesZeroBeforeTheFirstUse) {
  MetricsRegistry registry;
  registry.AddCounter(metric::kComponentReceivedEvents, kHttp);
  EXPECT_THAT(registry.Render(),
              HasSubstr("phoenix_component_received_events_total{"
                        "component_name=\"door\",component_type=\"http\"} 0"));
}

TEST(MetricsTest, RendersHelpAndType) {
  MetricsRegistry registry;
  registry.AddGauge(metric::kBufferSizeBytes, {{label::kBufferName, "a"}});
  const std::string page = registry.Render();
  EXPECT_THAT(page, HasSubstr("# HELP phoenix_buffer_size_bytes Bytes that a "
                              "buffer holds.\n"));
  EXPECT_THAT(page, HasSubstr("# TYPE phoenix_buffer_size_bytes gauge\n"));
}

TEST(MetricsTest, AnEmptyRegistryRendersAnEmptyPage) {
  EXPECT_EQ(MetricsRegistry().Render(), "");
}

TEST(MetricsTest, EqualLabelsAreOneTimeSeries) {
  MetricsRegistry registry;
  registry.AddCounter(metric::kComponentSentEvents, kHttp).Add(2);
  registry.AddCounter(metric::kComponentSentEvents, kHttp).Add(3);
  EXPECT_EQ(registry.AddCounter(metric::kComponentSentEvents, kHttp).value(),
            5u);
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  MetricsRegistry registry;
  registry.AddGauge(metric::kBufferSizeBytes,
                    {{label::kBufferName, "a\"b\\c\nd"}});
  EXPECT_THAT(registry.Render(), HasSubstr(R"(buffer_name="a\"b\\c\nd")"));
}

TEST(MetricsTest, CountersAreExactAboveThirtyTwoBits) {
  MetricsRegistry registry;
  const Counter counter =
      registry.AddCounter(metric::kComponentReceivedBytes, kHttp);
  counter.Add(uint64_t{1} << 52);
  counter.Add(1);
  EXPECT_EQ(counter.value(), (uint64_t{1} << 52) + 1);
  EXPECT_THAT(registry.Render(), HasSubstr(" 4503599627370497\n"));
}

TEST(MetricsTest, NoAdditionIsLostBetweenThreads) {
  MetricsRegistry registry;
  const Counter counter =
      registry.AddCounter(metric::kComponentSentEvents, kHttp);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) counter.Add(3);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 12'000u);
}

TEST(MetricsTest, GaugesGoUpAndDown) {
  MetricsRegistry registry;
  const Gauge gauge = registry.AddGauge(metric::kBufferSizeEvents, {});
  gauge.Set(10);
  gauge.Add(-4);
  EXPECT_EQ(gauge.value(), 6);
}

TEST(MetricsTest, AHistogramCountsABatchAsItsEvents) {
  MetricsRegistry registry;
  const Histogram histogram =
      registry.AddHistogram(metric::kPipelineDeliveryDuration, {});
  histogram.Observe(0.02, 1000);
  histogram.Observe(3.0);
  const HistogramValue value = histogram.value();
  EXPECT_EQ(value.count, 1001u);
  EXPECT_DOUBLE_EQ(value.sum, 23.0);
  EXPECT_EQ(value.buckets[2], 1000u);
  EXPECT_EQ(value.buckets[11], 1u);
}

TEST(MetricsTest, ABucketHoldsItsUpperBound) {
  MetricsRegistry registry;
  const Histogram histogram =
      registry.AddHistogram(metric::kPipelineDeliveryDuration, {});
  histogram.Observe(0.005);
  histogram.Observe(0.005, 2);
  EXPECT_EQ(histogram.value().buckets[0], 3u);
}

TEST(MetricsTest, WhatPassesEveryBucketIsCountedLast) {
  MetricsRegistry registry;
  const Histogram histogram =
      registry.AddHistogram(metric::kPipelineDeliveryDuration, {});
  histogram.Observe(60, 2);
  EXPECT_EQ(histogram.value().buckets.back(), 2u);
}

TEST(MetricsTest, BuildInfoIsOneWithVersionAndCommit) {
  MetricsRegistry registry;
  PublishBuildInfo(registry, "0.1.0", "abc");
  EXPECT_THAT(registry.Render(),
              HasSubstr(R"(phoenix_build_info{commit="abc",version="0.1.0"} 1)"
                        "\n"));
}

TEST(MetricsTest, RegistriesKnowNothingOfEachOther) {
  MetricsRegistry a, b;
  a.AddGauge(metric::kBufferSizeEvents, {});
  EXPECT_THAT(b.Render(), Not(HasSubstr("phoenix_buffer_size_events")));
}

TEST(MetricsDeathTest, UsingAMetricAsAnotherTypeIsABug) {
  MetricsRegistry registry;
  EXPECT_DEATH(registry.AddGauge(metric::kComponentSentEvents, {}),
               "phoenix_component_sent_events_total");
}

}  // namespace
}  // namespace phoenix
