#ifndef LIBS_SOURCES_FILE_FACTORY_H_
#define LIBS_SOURCES_FILE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `file`, whose config is phoenix.sources.file.v1.FileSource.
void RegisterFileSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_FACTORY_H_
