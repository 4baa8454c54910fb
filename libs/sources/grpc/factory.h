#ifndef LIBS_SOURCES_GRPC_FACTORY_H_
#define LIBS_SOURCES_GRPC_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `grpc`, whose config is phoenix.sources.grpc.v1.GrpcSource.
void RegisterGrpcSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_FACTORY_H_
