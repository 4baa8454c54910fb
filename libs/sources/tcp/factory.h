#ifndef LIBS_SOURCES_TCP_FACTORY_H_
#define LIBS_SOURCES_TCP_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `tcp`, whose config is phoenix.sources.tcp.v1.TcpSource.
void RegisterTcpSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_FACTORY_H_
