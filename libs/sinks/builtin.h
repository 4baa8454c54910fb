#ifndef LIBS_SINKS_BUILTIN_H_
#define LIBS_SINKS_BUILTIN_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers every sink that this repository has: the one list of them.
void RegisterBuiltinSinks(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_BUILTIN_H_
