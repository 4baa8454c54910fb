#include "libs/telemetry/buffer_metrics.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BufferMetricsTest, PublishesItsBoundFromTheStart) {
  MetricsRegistry registry;
  const BufferMetrics buffer(registry, "orders", 4096);
  const MetricsSnapshot snapshot = registry.Snapshot();
  EXPECT_EQ(snapshot.Sum(metric::kBufferMaxSizeBytes), 4096);
  EXPECT_EQ(snapshot.Sum(metric::kBufferReceivedEvents), 0);
  EXPECT_EQ(buffer.fill_ratio(), 0);
}

TEST(BufferMetricsTest, SizeIsWhatWasPutLessWhatWasTaken) {
  MetricsRegistry registry;
  BufferMetrics buffer(registry, "orders", 4096);
  buffer.Put(10, 1000);
  buffer.Put(10, 2000);
  buffer.Take(10, 1000);
  EXPECT_EQ(buffer.size_events(), 10);
  EXPECT_EQ(buffer.size_bytes(), 2000);
  const MetricsSnapshot snapshot = registry.Snapshot();
  EXPECT_EQ(snapshot.Sum(metric::kBufferReceivedEvents), 20);
  EXPECT_EQ(snapshot.Sum(metric::kBufferSentEvents), 10);
}

TEST(BufferMetricsTest, FillRatioPassesOneForAnOversizedItem) {
  MetricsRegistry registry;
  BufferMetrics buffer(registry, "orders", 1000);
  buffer.Put(1, 500);
  EXPECT_DOUBLE_EQ(buffer.fill_ratio(), 0.5);
  buffer.Put(1, 1000);
  EXPECT_DOUBLE_EQ(buffer.fill_ratio(), 1.5);
}

TEST(BufferMetricsTest, ABufferWithoutBoundIsNeverFull) {
  MetricsRegistry registry;
  BufferMetrics buffer(registry, "orders", 0);
  buffer.Put(1, 500);
  EXPECT_EQ(buffer.fill_ratio(), 0);
}

}  // namespace
}  // namespace phoenix
