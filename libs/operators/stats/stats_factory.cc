#include "libs/operators/stats/stats_factory.h"

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "libs/component/rule_report.h"
#include "libs/operators/stats/stats.pb.h"
#include "libs/operators/stats/stats_operator.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

using Config = operators::stats::v1::Stats;

std::unique_ptr<Operator> Create(const Config& config, BuildContext& context) {
  const auto key =
      AddExpression(config.key(), "key", context, RuleResult::kKey);
  const auto value =
      AddExpression(config.value(), "value", context, RuleResult::kNumber);
  if (!key.has_value() || !value.has_value()) return nullptr;
  StatsOperator::Options options;
  options.name = context.name;
  options.pipeline = context.pipeline;
  options.key = *key;
  options.value = *value;
  if (config.has_interval()) {
    options.interval = absl::Seconds(config.interval().seconds()) +
                       absl::Nanoseconds(config.interval().nanos());
  }
  if (config.max_keys() > 0) options.max_keys = config.max_keys();
  return std::make_unique<StatsOperator>(std::move(options),
                                         context.clock.Now());
}

}  // namespace

void RegisterStats(OperatorRegistry& registry) {
  registry.Register<Config>("stats", &Create);
}

}  // namespace phoenix
