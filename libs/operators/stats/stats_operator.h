#ifndef LIBS_OPERATORS_STATS_STATS_OPERATOR_H_
#define LIBS_OPERATORS_STATS_STATS_OPERATOR_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/component/operator.h"
#include "libs/operators/stats/keyed_stats.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// The CloudEvents type of the events that StatsOperator makes.
inline constexpr std::string_view kStatsType = "phoenix.stats";

// Keeps running statistics of a number by key and publishes those that have
// changed. Thread-safe; Tick is called by one thread at a time.
class StatsOperator : public Operator {
 public:
  struct Options {
    std::string name;      // Of the step.
    std::string pipeline;  // Its name.
    RuleId key;
    RuleId value;
    absl::Duration interval = absl::Seconds(10);
    size_t max_keys = 10'000;
  };

  // Keys in the report: what still fits a screen.
  static constexpr size_t kMaxReportedKeys = 20;

  // `start` makes ids of published events unique among runs.
  StatsOperator(Options options, absl::Time start);

  // Rows whose key is no text, number or bool (see KeyTexts), or whose value is
  // no finite number, fail; the others go on.
  void Process(StepRun& run) override;

  // What has changed, when the interval is over or it is the last time.
  std::vector<EventBatchPtr> Tick(absl::Time now, bool last) override;
  bool makes_events() const override { return true; }

  bool keeps_state() const override { return true; }

  // `max_keys` of the longest keys.
  size_t max_memory_bytes() const override;

  std::vector<std::string> Report() const override;

 private:
  std::vector<EventBatchPtr> Publish(absl::Time now);

  const Options options_;
  const absl::Time start_;
  KeyedStats stats_;
  absl::Time next_;  // When to publish.
  uint64_t published_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_STATS_OPERATOR_H_
