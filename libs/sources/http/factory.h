#ifndef LIBS_SOURCES_HTTP_FACTORY_H_
#define LIBS_SOURCES_HTTP_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `http`, whose config is phoenix.sources.http.v1.HttpSource.
void RegisterHttpSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_FACTORY_H_
