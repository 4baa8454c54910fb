#include "libs/telemetry/stream_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class StreamMetricsTest : public testing::Test {
 protected:
  double Sum(const MetricSpec& metric) const {
    return registry_.Snapshot().Sum(
        metric, {{label::kPeerService, "sink"}, {label::kPeerName, "orders"}});
  }

  MetricsRegistry registry_;
  StreamMetrics metrics_{registry_, "sink", "orders"};
};

TEST_F(StreamMetricsTest, PublishesEveryFamilyAtZero) {
  for (const MetricSpec* spec : AllMetrics()) {
    if (spec->name.find("phoenix_stream_") != 0) continue;
    EXPECT_THAT(registry_.Render(),
                HasSubstr("# TYPE " + std::string(spec->name) + " "));
    EXPECT_EQ(Sum(*spec), 0) << spec->name;
  }
}

TEST_F(StreamMetricsTest, CountersHaveTheNumbersOfTheLastLook) {
  metrics_.Publish({.sent_batches = 7, .resent_batches = 2, .reconnects = 1});
  metrics_.Publish({.sent_batches = 9, .resent_batches = 2, .reconnects = 3});
  EXPECT_EQ(Sum(metric::kStreamSentBatches), 9);
  EXPECT_EQ(Sum(metric::kStreamResentBatches), 2);
  EXPECT_EQ(Sum(metric::kStreamReconnects), 3);
}

TEST_F(StreamMetricsTest, GaugesGoUpAndDown) {
  metrics_.Publish({.in_flight_batches = 4,
                    .in_flight_bytes = 4000,
                    .available_credit_bytes = 100});
  metrics_.Publish({.in_flight_batches = 1,
                    .in_flight_bytes = 1000,
                    .available_credit_bytes = 3100});
  EXPECT_EQ(Sum(metric::kStreamInFlightBatches), 1);
  EXPECT_EQ(Sum(metric::kStreamInFlightBytes), 1000);
  EXPECT_EQ(Sum(metric::kStreamAvailableCreditBytes), 3100);
}

}  // namespace
}  // namespace phoenix
