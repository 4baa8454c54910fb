#ifndef LIBS_SINKS_BLACKHOLE_BLACKHOLE_FACTORY_H_
#define LIBS_SINKS_BLACKHOLE_BLACKHOLE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `blackhole`: its config is
// phoenix.sinks.blackhole.v1.Blackhole (blackhole.proto).
void RegisterBlackholeSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_BLACKHOLE_BLACKHOLE_FACTORY_H_
