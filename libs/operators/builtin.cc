#include "libs/operators/builtin.h"

#include "libs/operators/filter/filter_factory.h"
#include "libs/operators/map/map_factory.h"
#include "libs/operators/stats/stats_factory.h"
#include "libs/operators/validate/validate_factory.h"

namespace phoenix {

void RegisterBuiltinOperators(OperatorRegistry& registry) {
  RegisterFilter(registry);
  RegisterMap(registry);
  RegisterStats(registry);
  RegisterValidate(registry);
}

}  // namespace phoenix
