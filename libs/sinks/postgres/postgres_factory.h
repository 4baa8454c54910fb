#ifndef LIBS_SINKS_POSTGRES_POSTGRES_FACTORY_H_
#define LIBS_SINKS_POSTGRES_POSTGRES_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `postgres`: its config is
// phoenix.sinks.postgres.v1.Postgres (postgres.proto).
void RegisterPostgresSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_POSTGRES_FACTORY_H_
