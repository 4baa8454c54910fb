#include "libs/operators/map/map_factory.h"

#include <memory>

#include "libs/operators/map/edit_list.h"
#include "libs/operators/map/map.pb.h"
#include "libs/operators/map/map_operator.h"

namespace phoenix {
namespace {

using Config = operators::map::v1::Map;

std::unique_ptr<Operator> Create(const Config& config, BuildContext& context) {
  const auto edits = EditList(context).Add(config);
  if (!edits.has_value()) return nullptr;
  return std::make_unique<MapOperator>(*edits);
}

}  // namespace

void RegisterMap(OperatorRegistry& registry) {
  registry.Register<Config>("map", &Create);
}

}  // namespace phoenix
