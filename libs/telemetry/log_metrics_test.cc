#include "libs/telemetry/log_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(LogMetricsTest, PublishesZerosFromTheStart) {
  MetricsRegistry registry;
  const LogMetrics metrics(registry, "p");
  EXPECT_THAT(registry.Render(),
              HasSubstr("phoenix_log_lag_events{pipeline=\"p\"} 0"));
  EXPECT_THAT(registry.Render(),
              HasSubstr("phoenix_log_syncs_total{pipeline=\"p\"} 0"));
}

TEST(LogMetricsTest, PublishesTheNumbersOfTheLastLook) {
  MetricsRegistry registry;
  LogMetrics metrics(registry, "p");
  metrics.SetMaximum(1 << 20);
  metrics.Publish({.appended_events = 5,
                   .corrupt_records = 1,
                   .dropped_events = 2,
                   .syncs = 3,
                   .lag_events = 9,
                   .segments = 2,
                   .size_bytes = 100});
  metrics.Publish({.appended_events = 7,
                   .corrupt_records = 1,
                   .dropped_events = 2,
                   .syncs = 4,
                   .lag_events = 0,
                   .segments = 1,
                   .size_bytes = 50,
                   .refuses = true});
  const std::string page = registry.Render();
  EXPECT_THAT(page, HasSubstr("phoenix_log_appended_events_total{pipeline=\"p\""
                              "} 7"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_syncs_total{pipeline=\"p\"} 4"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_corrupt_records_total{pipeline=\"p\""
                              "} 1"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_lag_events{pipeline=\"p\"} 0"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_segments{pipeline=\"p\"} 1"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_refusing{pipeline=\"p\"} 1"));
  metrics.Publish({});
  EXPECT_THAT(registry.Render(),
              HasSubstr("phoenix_log_refusing{pipeline=\"p\"} 0"));
  EXPECT_THAT(page,
              HasSubstr("phoenix_log_max_size_bytes{pipeline=\"p\"} 1048576"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_size_bytes{pipeline=\"p\"} 50"));
}

TEST(LogMetricsTest, PublishesNothingOfStorageThatOthersKeep) {
  MetricsRegistry registry;
  LogMetrics metrics(registry, "p", LogStorage::kOthers);
  metrics.SetMaximum(1 << 20);
  metrics.Publish(
      {.appended_events = 5, .expired_records = 3, .lag_records = 4});
  const std::string page = registry.Render();
  EXPECT_THAT(page, HasSubstr("phoenix_log_appended_events_total{pipeline=\"p\""
                              "} 5"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_expired_records_total{pipeline=\"p\""
                              "} 3"));
  EXPECT_THAT(page, HasSubstr("phoenix_log_lag_records{pipeline=\"p\"} 4"));
  EXPECT_THAT(page, Not(HasSubstr("phoenix_log_lag_events")));
  EXPECT_THAT(page, Not(HasSubstr("size_bytes")));
  EXPECT_THAT(page, Not(HasSubstr("phoenix_log_segments")));
  EXPECT_THAT(page, Not(HasSubstr("phoenix_log_syncs")));
}

}  // namespace
}  // namespace phoenix
