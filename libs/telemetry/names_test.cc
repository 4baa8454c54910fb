#include "libs/telemetry/names.h"

#include <algorithm>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

TEST(NamesTest, AllMetricsAreSortedAndDistinct) {
  const auto all = AllMetrics();
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1]->name, all[i]->name);
  }
}

TEST(NamesTest, EveryNameIsOursInLowerCase) {
  for (const MetricSpec* spec : AllMetrics()) {
    EXPECT_EQ(spec->name.substr(0, 8), "phoenix_");
    EXPECT_EQ(spec->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
              std::string_view::npos)
        << spec->name;
  }
}

TEST(NamesTest, CountersAndOnlyTheyEndInTotal) {
  for (const MetricSpec* spec : AllMetrics()) {
    EXPECT_EQ(EndsWith(spec->name, "_total"),
              spec->type == MetricType::kCounter)
        << spec->name;
    EXPECT_FALSE(EndsWith(spec->name, "_count")) << spec->name;
  }
}

TEST(NamesTest, DurationsAreHistogramsInSeconds) {
  for (const MetricSpec* spec : AllMetrics()) {
    const bool duration = spec->name.find("_duration") != spec->name.npos;
    EXPECT_EQ(duration, spec->type == MetricType::kHistogram) << spec->name;
    if (duration) {
      EXPECT_TRUE(EndsWith(spec->name, "_seconds")) << spec->name;
    }
  }
}

TEST(NamesTest, EveryMetricIsExplainedInASentence) {
  for (const MetricSpec* spec : AllMetrics()) {
    EXPECT_TRUE(EndsWith(spec->help, ".")) << spec->name;
    EXPECT_GE(spec->help.size(), 10u) << spec->name;
  }
}

TEST(NamesTest, LabelValuesAreDistinctWords) {
  std::set<std::string_view> names;
  for (int i = 0; i < kSettlementCount; ++i) {
    names.insert(SettlementName(static_cast<Settlement>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kSettlementCount));
  EXPECT_EQ(SettlementName(Settlement::kDeadLettered), "dead_lettered");
  EXPECT_EQ(SettlementName(Settlement::kRetry), "retry");
  EXPECT_EQ(ComponentKindName(ComponentKind::kSource), "source");
  EXPECT_EQ(ComponentKindName(ComponentKind::kSink), "sink");
  EXPECT_EQ(ErrorStageName(ErrorStage::kReceiving), "receiving");
  EXPECT_EQ(ErrorStageName(ErrorStage::kSending), "sending");
}

TEST(NamesTest, DurationBucketsRiseFromMillisecondsToTenSeconds) {
  const auto buckets = DurationBuckets();
  EXPECT_TRUE(std::is_sorted(buckets.begin(), buckets.end()));
  EXPECT_EQ(buckets.front(), 0.005);
  EXPECT_EQ(buckets.back(), 10.0);
}

}  // namespace
}  // namespace phoenix
