#ifndef LIBS_OPERATORS_FILTER_FILTER_FACTORY_H_
#define LIBS_OPERATORS_FILTER_FILTER_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `filter`: its config is phoenix.operators.filter.v1.Filter
// (filter.proto).
void RegisterFilter(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_FILTER_FILTER_FACTORY_H_
