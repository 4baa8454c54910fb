#include "libs/telemetry/component_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class ComponentMetricsTest : public testing::Test {
 protected:
  double Errors(const MetricsSnapshot::Where& where = {}) const {
    return registry_.Snapshot().Sum(metric::kComponentErrors, where);
  }

  MetricsRegistry registry_;
  ComponentMetrics metrics_{registry_,
                            {ComponentKind::kSink, "http", "orders"}};
};

TEST_F(ComponentMetricsTest, PublishesEveryFamilyAtZero) {
  const MetricsSnapshot snapshot = registry_.Snapshot();
  for (const MetricSpec* spec : AllMetrics()) {
    if (spec->name.find("phoenix_component_") != 0) continue;
    EXPECT_THAT(registry_.Render(),
                HasSubstr("# TYPE " + std::string(spec->name) + " "));
    EXPECT_EQ(snapshot.Sum(*spec), 0) << spec->name;
  }
}

TEST_F(ComponentMetricsTest, EverySeriesSaysWhichComponent) {
  const MetricsSnapshot snapshot = registry_.Snapshot();
  for (const auto& sample : snapshot.samples()) {
    EXPECT_EQ(sample.labels.at(label::kComponentKind), "sink");
    EXPECT_EQ(sample.labels.at(label::kComponentType), "http");
    EXPECT_EQ(sample.labels.at(label::kComponentName), "orders");
  }
}

TEST_F(ComponentMetricsTest, CountsABatchByItsSize) {
  metrics_.Received(1000, 20'000);
  metrics_.Sent(900, 18'000);
  EXPECT_EQ(metrics_.received_events(), 1000u);
  EXPECT_EQ(metrics_.received_bytes(), 20'000u);
  EXPECT_EQ(metrics_.sent_events(), 900u);
  EXPECT_EQ(metrics_.sent_bytes(), 18'000u);
}

TEST_F(ComponentMetricsTest, TellsIntendedDropsFromOthers) {
  metrics_.Discarded(true, 5);
  metrics_.Discarded(false, 2);
  const auto by_intent = registry_.Snapshot().SumBy(
      metric::kComponentDiscardedEvents, label::kIntentional);
  const std::map<std::string, double> expected = {{"false", 2}, {"true", 5}};
  EXPECT_EQ(by_intent, expected);
  EXPECT_EQ(metrics_.discarded_events(), 7u);
}

TEST_F(ComponentMetricsTest, TellsTheErrorsOfAStageByType) {
  metrics_.Failed(ErrorStage::kReceiving, "TOO_LARGE", 2);
  metrics_.Failed(ErrorStage::kReceiving, "too_large", 3);
  metrics_.Failed(ErrorStage::kSending, "UNAVAILABLE", 7);
  const std::map<std::string, uint64_t> expected = {{"too_large", 5}};
  EXPECT_EQ(metrics_.errors(ErrorStage::kReceiving), expected);
  EXPECT_TRUE(metrics_.errors(ErrorStage::kProcessing).empty());
}

TEST_F(ComponentMetricsTest, PublishesErrorTypesInLowerCase) {
  metrics_.Failed(ErrorStage::kSending, "BROKER_AWAY", 3);
  EXPECT_EQ(
      Errors({{label::kStage, "sending"}, {label::kErrorType, "broker_away"}}),
      3);
  EXPECT_EQ(metrics_.failed_events(), 3u);
}

TEST_F(ComponentMetricsTest, HoldsErrorTypesToTheirLimit) {
  for (int i = 0; i < kMaxErrorTypes + 10; ++i) {
    metrics_.Failed(ErrorStage::kSending, "type_" + std::to_string(i), 1);
  }
  const auto by_type =
      registry_.Snapshot().SumBy(metric::kComponentErrors, label::kErrorType);
  EXPECT_EQ(by_type.size(), static_cast<size_t>(kMaxErrorTypes));
  EXPECT_EQ(by_type.at(kOtherErrorType), 11);
  EXPECT_EQ(metrics_.failed_events(), kMaxErrorTypes + 10u);
}

TEST_F(ComponentMetricsTest, BusyIsTheTimeOfGoodAndFailedBatches) {
  metrics_.Processed(absl::Milliseconds(20));
  metrics_.ProcessFailed(absl::Milliseconds(30), "timeout");
  EXPECT_NEAR(absl::ToDoubleSeconds(metrics_.busy()), 0.05, 1e-9);
  EXPECT_NEAR(registry_.Snapshot().Sum(metric::kComponentProcessDuration,
                                       {{label::kErrorType, "timeout"}}),
              0.03, 1e-9);
}

}  // namespace
}  // namespace phoenix
