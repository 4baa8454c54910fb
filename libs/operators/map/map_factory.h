#ifndef LIBS_OPERATORS_MAP_MAP_FACTORY_H_
#define LIBS_OPERATORS_MAP_MAP_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `map`: its config is phoenix.operators.map.v1.Map
// (map.proto).
void RegisterMap(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_MAP_MAP_FACTORY_H_
