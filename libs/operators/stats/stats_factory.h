#ifndef LIBS_OPERATORS_STATS_STATS_FACTORY_H_
#define LIBS_OPERATORS_STATS_STATS_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `stats`: its config is phoenix.operators.stats.v1.Stats
// (stats.proto).
void RegisterStats(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_STATS_FACTORY_H_
