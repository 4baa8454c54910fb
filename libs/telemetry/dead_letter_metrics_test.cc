#include "libs/telemetry/dead_letter_metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

constexpr char kLabels[] = "{component_name=\"dead\",pipeline=\"p\"} ";

TEST(DeadLetterMetricsTest, PublishesZerosFromTheStart) {
  MetricsRegistry registry;
  const DeadLetterMetrics metrics(registry, "p", "dead");
  const std::string page = registry.Render();
  for (const char* name :
       {"phoenix_dead_letter_waiting_events", "phoenix_dead_letter_size_bytes",
        "phoenix_dead_letter_max_events", "phoenix_dead_letter_max_size_bytes",
        "phoenix_dead_letter_dropped_events_total"}) {
    EXPECT_THAT(page, HasSubstr(std::string(name) + kLabels + "0\n"));
  }
}

TEST(DeadLetterMetricsTest, TellsWhatWaitsAndWhatWasDropped) {
  MetricsRegistry registry;
  const DeadLetterMetrics metrics(registry, "p", "dead");
  metrics.SetMaximum(1000, 4096);
  metrics.SetWaiting(3, 700);
  metrics.SetWaiting(2, 500);
  metrics.Dropped(4);
  metrics.Dropped(1);
  const std::string page = registry.Render();
  const auto line = [](std::string name, const char* value) {
    return name + kLabels + value + "\n";
  };
  EXPECT_THAT(page, HasSubstr(line("phoenix_dead_letter_waiting_events", "2")));
  EXPECT_THAT(page, HasSubstr(line("phoenix_dead_letter_size_bytes", "500")));
  EXPECT_THAT(page, HasSubstr(line("phoenix_dead_letter_max_events", "1000")));
  EXPECT_THAT(page,
              HasSubstr(line("phoenix_dead_letter_max_size_bytes", "4096")));
  EXPECT_THAT(page,
              HasSubstr(line("phoenix_dead_letter_dropped_events_total", "5")));
}

}  // namespace
}  // namespace phoenix
