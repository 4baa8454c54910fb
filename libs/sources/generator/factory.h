#ifndef LIBS_SOURCES_GENERATOR_FACTORY_H_
#define LIBS_SOURCES_GENERATOR_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `generator`, whose config is
// phoenix.sources.generator.v1.GeneratorSource.
void RegisterGeneratorSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_GENERATOR_FACTORY_H_
