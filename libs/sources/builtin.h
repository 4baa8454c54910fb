#ifndef LIBS_SOURCES_BUILTIN_H_
#define LIBS_SOURCES_BUILTIN_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers every source that this repository has: the one list of them.
void RegisterBuiltinSources(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_BUILTIN_H_
