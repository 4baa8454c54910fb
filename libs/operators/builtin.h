#ifndef LIBS_OPERATORS_BUILTIN_H_
#define LIBS_OPERATORS_BUILTIN_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers every operator that this repository has: the one list of them.
void RegisterBuiltinOperators(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_OPERATORS_BUILTIN_H_
