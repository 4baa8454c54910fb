#ifndef LIBS_SINKS_HTTP_HTTP_FACTORY_H_
#define LIBS_SINKS_HTTP_HTTP_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `http`: its config is phoenix.sinks.http.v1.Http
// (http.proto).
void RegisterHttpSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_HTTP_FACTORY_H_
