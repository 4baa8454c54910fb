#include "libs/operators/filter/filter_factory.h"

#include <memory>

#include "libs/component/rule_report.h"
#include "libs/operators/filter/filter.pb.h"
#include "libs/operators/filter/filter_operator.h"

namespace phoenix {
namespace {

using Config = operators::filter::v1::Filter;

std::unique_ptr<Operator> Create(const Config& config, BuildContext& context) {
  const auto condition = AddCondition(config.condition(), "condition", context);
  if (!condition.has_value()) return nullptr;
  return std::make_unique<FilterOperator>(*condition);
}

}  // namespace

void RegisterFilter(OperatorRegistry& registry) {
  registry.Register<Config>("filter", &Create);
}

}  // namespace phoenix
